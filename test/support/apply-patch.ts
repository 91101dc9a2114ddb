/** Carries the commands of a patch out, as the administrator of the account that they are for; the AWS CLI itself would take a second each. */
import { spawnSync } from 'node:child_process';
import {
  CreatePolicyVersionCommand,
  GetRoleCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import type { Sandbox, SandboxSeed } from '#sandbox/open.ts';
import { usePeer } from './peers.ts';
import { adminOf } from './sandbox-clients.ts';

/** Words of a POSIX shell: bare, or in single quotes; `'\''` is a quote. */
export const shellWords = (command: string): readonly string[] => {
  const words: string[] = [];
  for (const [, text = ''] of command.matchAll(/((?:'[^']*'|\\.|"[^"]*"|[^\s'"\\])+)/g))
    words.push(
      text.replaceAll(
        /'([^']*)'|\\(.)|"([^"]*)"/g,
        (_, quoted?: string, escaped?: string, double?: string) => quoted ?? escaped ?? double ?? '',
      ),
    );
  return words;
};

/** The filter stands as one word of the shell between these. */
const FILTERED =
  /^aws iam update-assume-role-policy --role-name (\S+) --policy-document "\$\(aws iam get-role .* \| jq -c (.*)\)"$/s;

/** `"$(aws iam get-role … | jq …)"`, with the real jq behind what the AWS CLI would print. */
const refilter = async (roleName: string, filter: string, sandbox: Sandbox, account: string): Promise<void> => {
  const { iam } = adminOf(sandbox, account);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleName }));
  const input = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  const jq = usePeer('jq');
  if (jq === undefined) throw new Error('jq is not on the PATH: a patch that is printed for it cannot be proved here');
  const { stdout, stderr, error } = spawnSync(jq, ['-c', ...shellWords(filter)], { input, encoding: 'utf8' });
  if (error !== undefined || stderr !== '') throw new Error(`jq: ${error?.message ?? stderr}`);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument: stdout.trim() }));
};

/** Whether it was a command that is known here. */
export const carryOut = async (command: string, sandbox: Sandbox, account: string): Promise<boolean> => {
  const filtered = FILTERED.exec(command);
  if (filtered !== null) {
    await refilter(filtered[1] ?? '', filtered[2] ?? '', sandbox, account);
    return true;
  }
  const [program, service, operation = '', ...rest] = shellWords(command);
  if (program !== 'aws' || service !== 'iam') return false;
  const { iam } = adminOf(sandbox, account);
  const option = (flag: string): string => rest[rest.indexOf(`--${flag}`) + 1] ?? '';
  const PolicyDocument = option('policy-document');
  const PolicyName = option('policy-name');
  const RoleName = option('role-name');
  switch (operation) {
    case 'put-user-policy':
      await iam.send(new PutUserPolicyCommand({ UserName: option('user-name'), PolicyName, PolicyDocument }));
      return true;
    case 'put-group-policy':
      await iam.send(new PutGroupPolicyCommand({ GroupName: option('group-name'), PolicyName, PolicyDocument }));
      return true;
    case 'put-role-policy':
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
      return true;
    case 'update-assume-role-policy':
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
      return true;
    case 'update-role':
      await iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: Number(option('max-session-duration')) }));
      return true;
    case 'create-policy-version':
      await iam.send(new CreatePolicyVersionCommand({ PolicyArn: option('policy-arn'), PolicyDocument, SetAsDefault: true }));
      return true;
    default:
      return false;
  }
};

interface Statement {
  readonly Effect: string;
  readonly Condition?: object;
}
type Policy = { readonly Name: string; readonly Content: string | object };
interface Unit {
  readonly serviceControlPolicies?: readonly Policy[];
  readonly resourceControlPolicies?: readonly Policy[];
}

const rewriteDenies = (policies: readonly Policy[] = [], exception: object): readonly Policy[] =>
  policies.map((policy) => {
    const content = policy.Content as { readonly Statement: readonly Statement[] };
    const excepting = (statement: Statement): Statement =>
      statement.Effect === 'Deny' ? { ...statement, Condition: { ...statement.Condition, ArnNotLike: exception } } : statement;
    return { ...policy, Content: { ...content, Statement: content.Statement.map(excepting) } };
  });

const EXCEPTION = /"ArnNotLike": (\{.*\})$/;
const ALLOWING = /this statement: (\{.*\})$/;

/** What the organization's administrator does with the letter: undefined where it asks for nothing that can be put in as it stands. */
export const obeyLetter = (letter: string, seed: SandboxSeed | undefined): SandboxSeed | undefined => {
  const exception = EXCEPTION.exec(letter)?.[1];
  const statement = ALLOWING.exec(letter)?.[1];
  const vpcEndpoint = seed?.faults?.vpcEndpoint;
  if (vpcEndpoint !== undefined && (exception ?? statement) !== undefined) {
    const [policy] = rewriteDenies(
      [{ Name: 'endpoint', Content: vpcEndpoint.policy ?? {} }],
      JSON.parse(exception ?? '{}') as object,
    );
    const { Statement } = (policy?.Content ?? {}) as { readonly Statement: readonly object[] };
    const all = statement === undefined ? Statement : [...Statement, JSON.parse(statement) as object];
    return {
      faults: { vpcEndpoint: { ...vpcEndpoint, policy: { ...(policy?.Content as object), Statement: all } } },
    } as SandboxSeed;
  }
  if (seed?.organization === undefined || (exception ?? statement) === undefined) return undefined;
  const rewrite = (unit: Unit): Unit => {
    if (exception !== undefined) {
      const but = JSON.parse(exception) as object;
      return {
        ...unit,
        serviceControlPolicies: rewriteDenies(unit.serviceControlPolicies, but),
        resourceControlPolicies: rewriteDenies(unit.resourceControlPolicies, but),
      };
    }
    const Content = { Version: '2012-10-17', Statement: [JSON.parse(statement ?? '') as object] };
    return { ...unit, serviceControlPolicies: [...(unit.serviceControlPolicies ?? []), { Name: 'asked-for', Content }] };
  };
  const units = (seed.organization.units ?? []).map((unit) => ({ ...unit, ...rewrite(unit) }));
  return { organization: { ...seed.organization, units } };
};
