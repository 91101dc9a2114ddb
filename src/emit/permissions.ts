/**
 * What the person who runs init needs in each account: the documents of docs/permissions, which the sandbox proves to be enough and no more,
 * narrowed to what this set-up touches.
 */
import initSource from '#docs/permissions/init-source.json' with { type: 'json' };
import initTarget from '#docs/permissions/init-target.json' with { type: 'json' };
import verifySource from '#docs/permissions/verify-source.json' with { type: 'json' };
import { formatRoleArn, parseRoleArn, parseUserArn } from '#domain/arn.ts';
import type { InlineOwner } from '#domain/desired.ts';
import type { EmittedFile, MadeTarget } from './emitted.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** By the statement's Sid, what it is about here; a statement about nothing is left out, one of no entry stays as it is. */
type Narrowing = Readonly<Record<string, readonly string[]>>;

const narrowed = (statements: readonly Statement[], narrowing: Narrowing): readonly Statement[] =>
  statements.flatMap((statement) => {
    const resources = narrowing[statement.Sid];
    if (resources === undefined) return [statement];
    return resources.length === 0 ? [] : [{ ...statement, Resource: [...new Set(resources)] }];
  });

/** An owner is known by its name; whoever trusts it says where it is. */
const ownerArn = ({ kind, name }: InlineOwner, { spec, desired }: MadeTarget): string => {
  const arns = [
    ...spec.role.trust.flatMap((principal) => (principal.kind === 'aws' ? [principal.arn] : [])),
    ...desired.source.roles.map(({ arn }) => arn),
  ];
  const found = arns.find((arn) => (kind === 'user' ? parseUserArn(arn) : parseRoleArn(arn))?.name === name);
  return found ?? `arn:${spec.partition}:iam::${desired.source.account}:${kind}/${name}`;
};

/** A boundary is put on when somebody wants one, so the document for everybody does not allow it. */
const BOUNDARY_ACTIONS = ['iam:PutRolePermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'];

/** `sid`: the statement about the roles that are bounded. */
const bounding = (statements: readonly Statement[], sid: string, boundary: string | undefined): readonly Statement[] =>
  statements.map((statement) =>
    statement.Sid === sid && boundary !== undefined
      ? { ...statement, Action: [statement.Action, BOUNDARY_ACTIONS].flat(2) }
      : statement,
  );

/** The plan tells whether what bounds the roles of the source lets them into the target. */
const readingBoundary = (boundary: string | undefined): readonly Statement[] =>
  boundary === undefined
    ? []
    : [{ Sid: 'Boundary', Effect: 'Allow', Action: ['iam:GetPolicy', 'iam:GetPolicyVersion'], Resource: boundary }];

const targetStatements = ({ desired: { role, providers } }: MadeTarget): readonly Statement[] =>
  bounding(
    narrowed(initTarget.Statement, {
      Role: [role.arn],
      Policies: [`${role.policyArnPrefix}*`],
      Providers: providers.map(({ arn }) => arn),
    }),
    'Role',
    role.permissionsBoundary,
  );

const sourceStatements = (target: MadeTarget): readonly Statement[] => {
  const { source, role } = target.desired;
  const owners = (kind: InlineOwner['kind']): readonly string[] =>
    source.grants.filter(({ owner }) => owner.kind === kind).map(({ owner }) => ownerArn(owner, target));
  // What instances have may turn out to be there already: then it is looked at.
  const instances = target.spec.source.instances.map((instance) => ({
    role: formatRoleArn(instance.role),
    profile: `arn:${target.spec.partition}:iam::${source.account}:instance-profile${instance.role.path}${instance.profileName}`,
  }));
  // One for all of them, where there are any.
  const boundary = source.roles[0]?.permissionsBoundary;
  const statements = narrowed(initSource.Statement, {
    Leave: owners('user'),
    LeaveOfRoles: owners('role'),
    SharedRoles: [...source.roles.map(({ arn }) => arn), ...instances.map((instance) => instance.role)],
    InstanceProfiles: [...source.instanceProfiles.map(({ arn }) => arn), ...instances.map(({ profile }) => profile)],
    Providers: source.providers.map(({ arn }) => arn),
  });
  return [
    ...bounding(statements, 'SharedRoles', boundary),
    ...readingBoundary(boundary),
    ...narrowed(verifySource.Statement, { AssumeTarget: [role.arn] }),
  ];
};

const file = (path: string, Statement: readonly Statement[]): EmittedFile => ({
  path,
  content: `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`,
});

/** For init: in the target account, and in the source account, where it proves and may write. */
export const emitPermissions = (target: MadeTarget): readonly EmittedFile[] => [
  file(`${target.name}/init-target.json`, targetStatements(target)),
  file(`${target.name}/init-source.json`, sourceStatements(target)),
];
