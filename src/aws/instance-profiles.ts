/** Instance profiles: what hands a role to an EC2 instance. Each holds at most one role. */
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  ListInstanceProfilesForRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import type { AccountIam, InstanceProfileState } from '#core/ports/account-iam.ts';
import { refusalOf } from '#core/ports/sessions.ts';
import { listPages, unlessAbsent, type IamCalls } from './iam-calls.ts';
import type { Side } from './side.ts';
import { tagList, tagsOf } from './tags.ts';
import { ForeignAnswer } from './wire-error.ts';

type InstanceProfiles = Pick<
  AccountIam,
  | 'readInstanceProfile'
  | 'listInstanceProfiles'
  | 'createInstanceProfile'
  | 'deleteInstanceProfile'
  | 'addRoleToProfile'
  | 'removeRoleFromProfile'
>;

export const openInstanceProfiles = (side: Side, { read, write }: IamCalls): InstanceProfiles => {
  const readInstanceProfile = async (name: string): Promise<InstanceProfileState | undefined> => {
    const command = new GetInstanceProfileCommand({ InstanceProfileName: name });
    const found = await unlessAbsent(read('GetInstanceProfile', (iam, options) => iam.send(command, options)));
    if (found === undefined) return undefined;
    const profile = found.InstanceProfile;
    if (profile?.Arn === undefined) throw side.translate(new ForeignAnswer(200, 'no instance profile'), 'iam:GetInstanceProfile');
    const roleName = profile.Roles?.[0]?.RoleName;
    return {
      arn: profile.Arn,
      name: profile.InstanceProfileName ?? name,
      path: profile.Path ?? '/',
      tags: tagsOf(profile.Tags),
      ...(roleName !== undefined && { roleName }),
    };
  };

  return {
    readInstanceProfile,
    listInstanceProfiles: async (roleName) => {
      const profiles = await unlessAbsent(
        listPages(async (page) => {
          const answer = await read('ListInstanceProfilesForRole', (iam, options) =>
            iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: roleName, ...page }), options),
          );
          return { ...answer, items: answer.InstanceProfiles };
        }),
      );
      return (profiles ?? []).flatMap(({ InstanceProfileName }) => InstanceProfileName ?? []);
    },
    createInstanceProfile: async ({ name, path, tags }) => {
      const command = new CreateInstanceProfileCommand({
        InstanceProfileName: name,
        Path: path,
        ...(Object.keys(tags).length > 0 && { Tags: tagList(tags) }),
      });
      await write('CreateInstanceProfile', (iam) => iam.send(command));
    },
    deleteInstanceProfile: async (name) => {
      const command = new DeleteInstanceProfileCommand({ InstanceProfileName: name });
      await unlessAbsent(write('DeleteInstanceProfile', (iam) => iam.send(command)));
    },
    // The place that it would take may be taken by this very role: an earlier attempt whose answer was lost.
    addRoleToProfile: async (profileName, roleName) => {
      const command = new AddRoleToInstanceProfileCommand({ InstanceProfileName: profileName, RoleName: roleName });
      await write('AddRoleToInstanceProfile', (iam) => iam.send(command)).catch(async (error: unknown) => {
        const code = refusalOf(error)?.code;
        if (code !== 'LimitExceeded' && code !== 'EntityAlreadyExists') throw error;
        const found = await readInstanceProfile(profileName).catch(() => undefined);
        if (found?.roleName !== roleName) throw error;
      });
    },
    removeRoleFromProfile: async (profileName, roleName) => {
      const command = new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: profileName, RoleName: roleName });
      await unlessAbsent(write('RemoveRoleFromInstanceProfile', (iam) => iam.send(command)));
    },
  };
};
