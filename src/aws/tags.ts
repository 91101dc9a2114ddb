/** Tags: IAM's list of pairs from and to a plain record, and the operations that differ by what carries them only. */
import {
  TagInstanceProfileCommand,
  TagOpenIDConnectProviderCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UntagInstanceProfileCommand,
  UntagOpenIDConnectProviderCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
} from '@aws-sdk/client-iam';
import type { AccountIam } from '#core/ports/account-iam.ts';
import type { Tags } from '#domain/desired.ts';
import type { IamCalls } from './iam-calls.ts';

interface Pair {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

export const tagsOf = (pairs: readonly Pair[] | undefined): Tags =>
  Object.fromEntries((pairs ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ''] as const])));

export const tagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const openTags = ({ write }: IamCalls): Pick<AccountIam, 'tag' | 'untag'> => ({
  tag: async ({ kind, name }, tags) => {
    const Tags = tagList(tags);
    if (Tags.length === 0) return;
    switch (kind) {
      case 'role':
        return void (await write('TagRole', (iam) => iam.send(new TagRoleCommand({ RoleName: name, Tags }))));
      case 'policy':
        return void (await write('TagPolicy', (iam) => iam.send(new TagPolicyCommand({ PolicyArn: name, Tags }))));
      case 'provider':
        return void (await write('TagOpenIDConnectProvider', (iam) =>
          iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: name, Tags })),
        ));
      case 'instance-profile':
        return void (await write('TagInstanceProfile', (iam) =>
          iam.send(new TagInstanceProfileCommand({ InstanceProfileName: name, Tags })),
        ));
    }
  },
  untag: async ({ kind, name }, keys) => {
    const TagKeys = [...keys];
    if (TagKeys.length === 0) return;
    switch (kind) {
      case 'role':
        return void (await write('UntagRole', (iam) => iam.send(new UntagRoleCommand({ RoleName: name, TagKeys }))));
      case 'policy':
        return void (await write('UntagPolicy', (iam) => iam.send(new UntagPolicyCommand({ PolicyArn: name, TagKeys }))));
      case 'provider':
        return void (await write('UntagOpenIDConnectProvider', (iam) =>
          iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: name, TagKeys })),
        ));
      case 'instance-profile':
        return void (await write('UntagInstanceProfile', (iam) =>
          iam.send(new UntagInstanceProfileCommand({ InstanceProfileName: name, TagKeys })),
        ));
    }
  },
});
