/** Managed policies of an account and their versions: at most five, numbers never used again, the default one cannot be deleted. */
import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import type { AccountIam, PolicyState } from '#core/ports/account-iam.ts';
import { refusalOf } from '#core/ports/sessions.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import { policyEquals } from '#domain/policy-equality.ts';
import { formatDocument, parseDocument } from './documents.ts';
import { listPages, unlessAbsent, type IamCall, type IamCalls } from './iam-calls.ts';
import type { Side } from './side.ts';
import { ForeignAnswer } from './wire-error.ts';
import { tagList, tagsOf } from './tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html */
const MOST_VERSIONS = 5;
const FIRST_VERSION = 'v1';
/** Of a page. */
const MOST_ITEMS = 1000;

type ManagedPolicies = Pick<
  AccountIam,
  'readPolicy' | 'listPolicies' | 'listPolicyUsers' | 'createPolicy' | 'updatePolicy' | 'deletePolicy'
>;

interface Version {
  readonly id: string;
  readonly isDefault: boolean;
}

const numberOf = ({ id }: Version): number => Number(id.slice(1));

export const openManagedPolicies = (side: Side, { read, write }: IamCalls): ManagedPolicies => {
  const readVersion = async (arn: string, versionId: string) =>
    (
      await read('GetPolicyVersion', (iam, options) =>
        iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: versionId }), options),
      )
    ).PolicyVersion?.Document;

  /** Oldest first; asked in the course of a write only. */
  const listVersions = async (arn: string): Promise<readonly Version[]> => {
    const versions = await listPages(async (page) => {
      const answer = await write('ListPolicyVersions', (iam) =>
        iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn, ...page })),
      );
      return { ...answer, items: answer.Versions };
    });
    return versions
      .flatMap(({ VersionId, IsDefaultVersion }) =>
        VersionId === undefined ? [] : [{ id: VersionId, isDefault: IsDefaultVersion === true }],
      )
      .toSorted((left, right) => numberOf(left) - numberOf(right));
  };

  const deleteVersion = async (arn: string, { id }: Version): Promise<void> => {
    const command = new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: id });
    await unlessAbsent(write('DeletePolicyVersion', (iam) => iam.send(command)));
  };

  /** Most policies are at v1, so of one that is expected it is read along; the answer counts only when v1 turns out to be the default. */
  const readPolicy = async (arn: string, isExpected = true): Promise<PolicyState | undefined> => {
    const first = isExpected ? readVersion(arn, FIRST_VERSION) : undefined;
    first?.catch(() => undefined);
    const answer = await unlessAbsent(
      read('GetPolicy', (iam, options) => iam.send(new GetPolicyCommand({ PolicyArn: arn }), options)),
    );
    if (answer === undefined) return undefined;
    const found = answer.Policy;
    if (found === undefined) throw side.translate(new ForeignAnswer(200, 'no policy'), 'iam:GetPolicy');
    const versionId = found.DefaultVersionId ?? FIRST_VERSION;
    const encoded = await (versionId === FIRST_VERSION && first !== undefined ? first : readVersion(arn, versionId));
    return {
      arn: found.Arn ?? arn,
      document: parseDocument(encoded, `version ${versionId} of policy ${arn}`),
      versionId,
      tags: tagsOf(found.Tags),
    };
  };

  /** A version that was made and its answer lost fills the last place: the second attempt is then refused for the first one's work. */
  const isMadeAfterAll = async (arn: string, document: PolicyDocument, error: unknown): Promise<boolean> => {
    if ((refusalOf(error)?.attempts ?? 1) < 2) return false;
    const found = await readPolicy(arn).catch(() => undefined);
    return found !== undefined && policyEquals(found.document, document);
  };

  return {
    readPolicy,
    listPolicies: async (path) => {
      const policies = await listPages(async (page) => {
        const command = new ListPoliciesCommand({ Scope: 'Local', PathPrefix: path, MaxItems: MOST_ITEMS, ...page });
        const answer = await read('ListPolicies', (iam, options) => iam.send(command, options));
        return { ...answer, items: answer.Policies };
      });
      return policies.flatMap(({ Arn, Path }) => (Arn === undefined || Path !== path ? [] : [Arn]));
    },
    listPolicyUsers: async (arn) =>
      listPages(async (page) => {
        const command = new ListEntitiesForPolicyCommand({ PolicyArn: arn, ...page });
        const answer = await read('ListEntitiesForPolicy', (iam, options) => iam.send(command, options));
        const named = (kind: string, names: readonly (string | undefined)[] = []): readonly string[] =>
          names.flatMap((name) => (name === undefined ? [] : [`${kind} ${name}`]));
        const items = [
          ...named(
            'role',
            answer.PolicyRoles?.map(({ RoleName }) => RoleName),
          ),
          ...named(
            'user',
            answer.PolicyUsers?.map(({ UserName }) => UserName),
          ),
          ...named(
            'group',
            answer.PolicyGroups?.map(({ GroupName }) => GroupName),
          ),
        ];
        return { ...answer, items };
      }),
    createPolicy: async ({ name, path, description, document, tags }) => {
      const command = new CreatePolicyCommand({
        PolicyName: name,
        Path: path,
        PolicyDocument: formatDocument(document),
        ...(description !== '' && { Description: description }),
        ...(Object.keys(tags).length > 0 && { Tags: tagList(tags) }),
      });
      await write('CreatePolicy', (iam) => iam.send(command));
    },
    // Looked up first: LimitExceeded is also what a document that is too long gets, and for that nothing may be deleted.
    updatePolicy: async (arn, document) => {
      const versions = await listVersions(arn);
      const oldest = versions.find(({ isDefault }) => !isDefault);
      if (versions.length >= MOST_VERSIONS && oldest !== undefined) await deleteVersion(arn, oldest);
      const command = new CreatePolicyVersionCommand({
        PolicyArn: arn,
        PolicyDocument: formatDocument(document),
        SetAsDefault: true,
      });
      await write('CreatePolicyVersion', (iam) => iam.send(command)).catch(async (error: unknown) => {
        if (!(await isMadeAfterAll(arn, document, error))) throw error;
      });
    },
    deletePolicy: async (arn) => {
      const versions = (await unlessAbsent(listVersions(arn))) ?? [];
      await Promise.all(versions.filter(({ isDefault }) => !isDefault).map((version) => deleteVersion(arn, version)));
      const command = new DeletePolicyCommand({ PolicyArn: arn });
      await unlessAbsent(write('DeletePolicy', (iam) => iam.send(command), attachedHints(arn)));
    },
  };
};

const attachedHints =
  (arn: string): Parameters<IamCall>[2] =>
  ({ code }) =>
    code === 'DeleteConflict'
      ? [{ text: 'somebody else uses the policy', command: `aws iam list-entities-for-policy --policy-arn ${arn}` }]
      : [];
