/** The trust policy of a Spec: the statements that let in exactly the principals that were named, under exactly the conditions. */
import type { DesiredProvider } from './desired.ts';
import type { PolicyDocument, PrincipalElement, Statement } from './policy-document.ts';
import { formatRootArn } from './arn.ts';
import { ssoRolePatterns, type OidcPrincipal, type Principal } from './principal.ts';
import type { Spec } from './spec.ts';
import { callConditions, callerConditions, conditionBlock, oneOrMany } from './trust-conditions.ts';

/** Host and path of an issuer as its provider in an account. */
const formatProviderArn = (partition: string, account: string, issuer: string): string =>
  `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;

const oidcOf = (trust: readonly Principal[]): readonly OidcPrincipal[] => trust.filter((principal) => principal.kind === 'oidc');

/** STS looks for an issuer's provider in the role's own account: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html */
export const oidcProvidersOf = ({ partition, targetAccount, role }: Spec): readonly Omit<DesiredProvider, 'tags'>[] => {
  const principals = oidcOf(role.trust);
  return [...new Set(principals.map(({ issuer }) => issuer))].map((issuer) => ({
    arn: formatProviderArn(partition, targetAccount, issuer),
    url: `https://${issuer}`,
    clientIds: [...new Set(principals.filter((principal) => principal.issuer === issuer).map(({ audience }) => audience))],
  }));
};

type Entries = ReturnType<typeof callerConditions>;

/** Principals that one statement names. */
interface Group {
  /** Ends the Sid of its statements. */
  readonly sid: string;
  readonly principal: PrincipalElement;
  readonly own: Entries;
  readonly isToken: boolean;
}

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [string, readonly T[]])[] => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
};

const numbered = (name: string, index: number): string => `${name}${index === 0 ? '' : index + 1}`;

const groupsOf = ({ partition, targetAccount, role: { trust } }: Spec): readonly Group[] => {
  const arns = trust.flatMap((principal) => (principal.kind === 'aws' ? [principal.arn] : []));
  const sets = trust.filter((principal) => principal.kind === 'sso');
  const named: readonly Group[] =
    arns.length === 0 ? [] : [{ sid: '', principal: { AWS: oneOrMany(arns) }, own: [], isToken: false }];
  const sso = grouped(sets, ({ account }) => account).map(([account, members], index): Group => {
    const patterns = members.flatMap(({ permissionSet }) => ssoRolePatterns(partition, account, permissionSet));
    return {
      sid: numbered('Sso', index),
      principal: { AWS: formatRootArn(partition, account) },
      own: [['ArnLike', 'aws:PrincipalArn', patterns]],
      isToken: false,
    };
  });
  const oidc = grouped(oidcOf(trust), ({ issuer, audience }) => JSON.stringify([issuer, audience])).map(
    ([, members], index): Group => {
      const { issuer = '', audience = '' } = members[0] ?? {};
      return {
        sid: numbered('Oidc', index),
        principal: { Federated: formatProviderArn(partition, targetAccount, issuer) },
        own: [
          ['StringEquals', `${issuer}:aud`, audience],
          ['StringEquals', `${issuer}:sub`, oneOrMany([...new Set(members.flatMap(({ subjects }) => subjects))])],
        ],
        isToken: true,
      };
    },
  );
  return [...named, ...sso, ...oidc];
};

const allow = (sid: string, { principal }: Group, action: string | readonly string[], entries: Entries): Statement => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: principal,
  Action: action,
  ...(entries.length > 0 && { Condition: conditionBlock(entries) }),
});

/** The external IDs of a Spec, the one that is sent first. */
export const externalIdsOf = ({ role: { externalId } }: Spec): readonly string[] => {
  switch (externalId.kind) {
    case 'generate':
      return [externalId.fresh];
    case 'given':
      return externalId.values;
    case 'none':
      return [];
  }
};

/**
 * sts:TagSession and sts:SetSourceIdentity stand apart, since STS knows neither the external ID nor the session's name when it asks for
 * them. A caller whose own session has transitive tags or a source identity (pods of EKS, people with a source identity) is refused
 * without them, whatever it sends itself: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html. A token sets
 * either only by claims of its own, so they are allowed to it only where a condition asks for them.
 */
const extrasOf = (group: Group, { role: { conditions } }: Spec): readonly string[] => {
  if (!group.isToken) return ['sts:SetSourceIdentity', 'sts:TagSession'];
  return [
    ...(conditions.sourceIdentities.length > 0 ? ['sts:SetSourceIdentity'] : []),
    ...(Object.keys(conditions.sessionTags).length > 0 ? ['sts:TagSession'] : []),
  ];
};

export const trustPolicyOf = (spec: Spec): PolicyDocument => {
  const { conditions } = spec.role;
  const ids = externalIdsOf(spec);
  const always = callerConditions(conditions);
  return {
    Version: '2012-10-17',
    Statement: groupsOf(spec).flatMap((group) => {
      const caller = [...group.own, ...always];
      // AssumeRoleWithWebIdentity has no ExternalId parameter.
      const externalId: Entries = ids.length > 0 && !group.isToken ? [['StringEquals', 'sts:ExternalId', oneOrMany(ids)]] : [];
      const action = group.isToken ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole';
      const extras = extrasOf(group, spec);
      return [
        allow(`AssumeRole${group.sid}`, group, action, [...externalId, ...caller, ...callConditions(conditions)]),
        ...(extras.length > 0 ? [allow(`TagSession${group.sid}`, group, oneOrMany(extras), caller)] : []),
      ];
    }),
  };
};
