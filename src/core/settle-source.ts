/** What the source account is to hold: leave for those who are trusted, the roles of its instances, a hub. Reads only. */
import { formatRoleArn, parseRoleArn, parseRootArn, parseUserArn } from '#domain/arn.ts';
import { foreignBoundary } from '#domain/boundary-checks.ts';
import { grantDocument } from '#domain/compile-source.ts';
import type { InlineOwner } from '#domain/desired.ts';
import { problem, warning, type Diagnostic } from '#domain/diagnostic.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { namePrincipal, type Principal } from '#domain/principal.ts';
import type { HubWish, InstanceWish, SourceWish } from '#domain/source-wish.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { Spec } from '#domain/spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { needsSourceAccount, settlePrincipal, type Place, type SettlePorts } from './settle-principal.ts';

type Settling = Omit<Spec, 'source'> & { readonly instances: readonly InstanceWish[] };

const SERVICE_LINKED = '/aws-service-role/';

const cannot = (message: string, ...hints: Diagnostic['hints']): XacctError =>
  new XacctError(problem('USAGE', message, { path: '--grant-source', hints }));

const grantToWhom = (arn: string): XacctError =>
  cannot(`${arn} is a whole account: which user or role of it is to be let in by a policy of its own?`, {
    text: 'name it',
    command: 'xacct init --grant-to arn:aws:iam::111111111111:role/ci',
  });

/** A user or role whose policies are its account's own to change. Throws USAGE for what has none. */
export const ownerOf = (arn: string): InlineOwner => {
  const [role, user] = [parseRoleArn(arn), parseUserArn(arn)];
  if (role?.path.startsWith(SERVICE_LINKED))
    throw cannot(`${arn} is a service-linked role: its policies are AWS's, and it assumes no roles of yours`, {
      text: 'trust the role that runs Terraform',
    });
  if (role) return { kind: 'role', name: role.name };
  if (user) return { kind: 'user', name: user.name };
  throw grantToWhom(arn);
};

const tellPermissionSet = (principal: Extract<Principal, { kind: 'sso' }>, spec: Settling, { reporter }: SettlePorts): void => {
  const { partition, targetAccount: account, role, sourceAccount } = spec;
  const document = grantDocument(formatRoleArn({ partition, account, path: role.path, name: role.name }));
  reporter.tell(
    warning(
      'NOT_GRANTED',
      `${namePrincipal(principal, sourceAccount)} is a permission set: IAM Identity Center writes its roles, and would undo what is put on them`,
      [{ text: `add this to the inline policy of the permission set, there: ${JSON.stringify(document)}` }],
    ),
  );
};

const tellElsewhere = (arn: string, { reporter }: SettlePorts): void =>
  reporter.tell(
    warning('NOT_GRANTED', `${arn} is of another account than the source: its own administrator must let it assume the role`, [
      { text: 'hand it over', command: `xacct init --grant-to ${arn} --handoff grant.json` },
    ]),
  );

const isTrusted = (arn: string, trust: readonly Principal[]): boolean =>
  trust.some(
    (principal) =>
      principal.kind === 'aws' && (principal.arn === arn || parseRootArn(principal.arn)?.account === arn.split(':')[4]),
  );

/** Who gets leave: those who were named, or else everybody who is trusted by name. */
const grantees = async (
  { grantTo }: Pick<SpecRequest['source'], 'grantTo'>,
  spec: Settling,
  place: Place,
  ports: SettlePorts,
): Promise<readonly Principal[]> => {
  if (grantTo.length === 0) return spec.role.trust.filter(({ kind }) => kind !== 'oidc');
  const named = await Promise.all(grantTo.map(async (request) => (await settlePrincipal(request, place, ports)).principal));
  for (const principal of named)
    if (principal.kind !== 'aws' || !isTrusted(principal.arn, spec.role.trust))
      throw cannot(
        `${namePrincipal(principal, spec.sourceAccount)} is not trusted by the role: leave to assume it would be for nothing`,
        {
          text: 'trust it too: --trust PRINCIPAL',
        },
      );
  return named;
};

const settleGrants = (all: readonly Principal[], spec: Settling, ports: SettlePorts): readonly InlineOwner[] =>
  all.flatMap((principal) => {
    if (principal.kind === 'sso') tellPermissionSet(principal, spec, ports);
    if (principal.kind !== 'aws') return [];
    if (principal.account === spec.sourceAccount) return [ownerOf(principal.arn)];
    tellElsewhere(principal.arn, ports);
    return [];
  });

const settleHub = async (
  { trust, hubRole }: SpecRequest['source'],
  { partition, sourceAccount }: Settling,
  place: Place,
  ports: SettlePorts,
): Promise<HubWish | undefined> => {
  if (trust.length === 0) return undefined;
  if (sourceAccount === '') throw needsSourceAccount(`the hub ${hubRole}`);
  const settled = await Promise.all(trust.map((request) => settlePrincipal(request, place, ports)));
  const role = { partition, account: sourceAccount, path: '/', name: hubRole };
  return { role, trust: settled.map(({ principal }) => principal) };
};

const sourceMissing = (account: string): XacctError =>
  new XacctError(
    problem(
      'USAGE',
      `leave to assume the role is given in the source account${account === '' ? '' : ` ${account}`}, and nobody named its credentials`,
      {
        path: '--grant-source',
        hints: [
          { text: 'name credentials that administer the source: --source-profile NAME' },
          { text: 'or write down what its administrator is to do: --handoff grant.json' },
        ],
      },
    ),
  );

const tellUnmanaged = (hub: HubWish, { reporter }: SettlePorts): void =>
  reporter.tell(
    warning('NOT_GRANTED', `the hub ${formatRoleArn(hub.role)} was not looked at: nobody gave credentials of the source`, [
      { text: 'name credentials that administer the source: --source-profile NAME' },
    ]),
  );

/** It is of others, and what bounds it is theirs to say. */
const tellUnbounded = (boundary: string | undefined, { instances }: Settling, { reporter }: SettlePorts): void => {
  if (boundary === undefined) return;
  for (const { role, makesRole, boundary: found } of instances) {
    if (makesRole || found === boundary) continue;
    const command = `aws iam put-role-permissions-boundary --role-name ${shellWord(role.name)} --permissions-boundary ${shellWord(boundary)}`;
    const text = `xacct did not make ${formatRoleArn(role)}, so the boundary ${boundary} is not put on it`;
    reporter.tell(warning('NOT_OURS', text, [{ text: 'whoever looks after it can', command }]));
  }
};

export const settleSource = async (
  request: SpecRequest['source'],
  spec: Settling,
  place: Place,
  ports: SettlePorts,
): Promise<SourceWish> => {
  const { permissionsBoundary } = request;
  const { partition, sourceAccount } = spec;
  const account = sourceAccount === '' ? undefined : sourceAccount;
  const foreign = foreignBoundary(permissionsBoundary, { side: 'source', account, partition });
  if (foreign.length > 0) throw XacctError.of(foreign);
  tellUnbounded(permissionsBoundary, spec, ports);
  const isAtHand = ports.source !== undefined && place.caller?.account === spec.sourceAccount;
  const isManaged = isAtHand || (ports.isOffline === true && spec.sourceAccount !== '');
  const hub = await settleHub(request, spec, place, ports);
  if (!isManaged) {
    if (request.isGranted) throw sourceMissing(spec.sourceAccount);
    if (hub) tellUnmanaged(hub, ports);
    return { isManaged, isGranted: false, grants: [], instances: [], hub, permissionsBoundary };
  }
  const grants = request.isGranted ? settleGrants(await grantees(request, spec, place, ports), spec, ports) : [];
  return { isManaged, isGranted: request.isGranted, grants, instances: spec.instances, hub, permissionsBoundary };
};
