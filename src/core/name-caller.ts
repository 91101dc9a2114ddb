/** A caller as a person names it (`explain --as`), as far as the name alone tells it. Pure. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { Caller, Claims } from '#policy/scenario.ts';
import { callerOfArn } from './caller-of-arn.ts';

export type CallerName =
  | { readonly kind: 'caller'; readonly caller: Caller }
  /** The caller of the source credentials. */
  | { readonly kind: 'self' }
  /** A role of the source account whose name AWS ends with letters of its own. */
  | { readonly kind: 'permission-set'; readonly name: string };

const FORMS =
  'self, arn:aws:iam::111111111111:role/ci, arn:aws:iam::111111111111:user/jane, sso:PermissionSet, ' +
  'github:OWNER/REPO:ref=refs/heads/main, gitlab:GROUP/PROJECT:branch=main, tfc:ORG/PROJECT/WORKSPACE:plan, ' +
  'irsa:https://ISSUER:NAMESPACE/SERVICE_ACCOUNT, ec2.amazonaws.com';

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;

const token = (issuer: string, claims: Claims): CallerName => ({
  kind: 'caller',
  caller: { arn: issuer, kind: 'web-identity', claims: { iss: issuer, ...claims } },
});

/** https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims */
const github = (text: string): CallerName | undefined => {
  const [, owner, repo, key, value] = /^([^/:]+)\/([^/:]+):(?:(ref|environment)=(.+)|pull_request)$/.exec(text) ?? [];
  if (owner === undefined || repo === undefined) return undefined;
  const plain = (name: string): string => name.replace(/@.*$/, '');
  return token('https://token.actions.githubusercontent.com', {
    aud: 'sts.amazonaws.com',
    sub: `repo:${owner}/${repo}:${key === undefined ? 'pull_request' : `${key}:${value}`}`,
    repository: `${plain(owner)}/${plain(repo)}`,
    repository_owner: plain(owner),
    ...(key === 'ref' && { ref: value ?? '' }),
    ...(key === 'environment' && { environment: value ?? '' }),
  });
};

/** https://docs.gitlab.com/ci/cloud_services/aws/ */
const gitlab = (text: string): CallerName | undefined => {
  const [, host = 'gitlab.com', project, type, ref] = /^(?:([^/]+)\/\/)?([^:]+):(branch|tag)=(.+)$/.exec(text) ?? [];
  if (project === undefined || ref === undefined) return undefined;
  const issuer = `https://${host}`;
  return token(issuer, { aud: issuer, sub: `project_path:${project}:ref_type:${type}:ref:${ref}` });
};

/** https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration */
const terraformCloud = (text: string): CallerName | undefined => {
  const [, org, project, workspace, phase = 'apply'] = /^([^/]+)\/([^/]+)\/([^/:]+)(?::(plan|apply))?$/.exec(text) ?? [];
  if (org === undefined) return undefined;
  const sub = `organization:${org}:project:${project}:workspace:${workspace}:run_phase:${phase}`;
  return token('https://app.terraform.io', { aud: 'aws.workload.identity', sub });
};

/** https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
const irsa = (text: string): CallerName | undefined => {
  const [, issuer, namespace, account] = /^(https:\/\/.+):([^:/]+)\/([^:/]+)$/.exec(text) ?? [];
  if (issuer === undefined) return undefined;
  return token(issuer, { aud: 'sts.amazonaws.com', sub: `system:serviceaccount:${namespace}:${account}` });
};

const BY_PREFIX: Readonly<Record<string, (text: string) => CallerName | undefined>> = {
  github,
  gitlab,
  tfc: terraformCloud,
  irsa,
  sso: (name) => (/^[\w+=,.@-]{1,32}$/.test(name) ? { kind: 'permission-set', name } : undefined),
};

export const parseCallerName = ({ value, place }: Given<string>): Result<CallerName> => {
  if (value === 'self') return ok({ kind: 'self' });
  const caller = callerOfArn(value);
  if (caller !== undefined) return ok({ kind: 'caller', caller });
  if (SERVICE.test(value)) return ok({ kind: 'caller', caller: { arn: value, kind: 'service' } });
  const [, prefix = '', rest = ''] = /^([a-z]+):(.+)$/s.exec(value) ?? [];
  const named = Object.hasOwn(BY_PREFIX, prefix) ? BY_PREFIX[prefix]?.(rest) : undefined;
  if (named !== undefined) return ok(named);
  const why = /^\d{12}$/.test(value) ? 'is an account: name one of its users or roles' : 'is not a caller';
  return fail(problem('INVALID_VALUE', `"${value}" ${why}`, { path: place, hints: [{ text: `name it as one of: ${FORMS}` }] }));
};
