/** What the Principal and Condition of a trust statement name, one entry for each. Pure. */
import { formatRootArn, isAccountId, parseArn, parseRoleArn, parseRootArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { listOf, type ConditionBlock, type Statement } from '#domain/policy-document.ts';
import { isSsoRole } from '#domain/principal.ts';
import type { WhoKind } from '#domain/who.ts';

export interface Named {
  readonly principal: string;
  readonly kind: WhoKind;
  readonly via: string;
}

const one = (principal: string, kind: WhoKind, via = principal): Named => ({ principal, kind, via });

/** `AWSReservedSSO_NAME_0123456789abcdef`, of which the end is chosen by AWS. */
const permissionSetOf = (roleName: string): string =>
  roleName.replace(/^AWSReservedSSO_/, '').replace(/_(?:[0-9a-f]{16}|\?{16}|\*)$/, '');

/** Patterns of aws:PrincipalArn that name roles of permission sets. */
const permissionSetsIn = (condition: ConditionBlock | undefined): readonly string[] =>
  Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    /^(?:Arn|String)(?:Like|Equals)/.test(operator)
      ? Object.entries(keys)
          .filter(([key]) => key.toLowerCase() === 'aws:principalarn')
          .flatMap(([, values]) => listOf(values).map(String))
          .filter((pattern) => pattern.includes('/AWSReservedSSO_'))
          .map((pattern) => permissionSetOf(pattern.slice(pattern.lastIndexOf('/') + 1)))
      : [],
  );

/** Positive conditions on who calls; every signed caller has these keys, so that IfExists changes nothing. */
const valuesOf = (condition: ConditionBlock | undefined, name: string): readonly string[] =>
  Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    /^(?:Arn|String)(?:Like|Equals)(?:IfExists)?$/.test(operator)
      ? Object.entries(keys)
          .filter(([key]) => key.toLowerCase() === name)
          .flatMap(([, values]) => listOf(values).map(String))
      : [],
  );

/** Whom the condition leaves of everybody: principals by name, and for a pattern its whole account; undefined where it may be any account. */
const leftOf = (condition: ConditionBlock | undefined, via: string): readonly Named[] | undefined => {
  const arns = valuesOf(condition, 'aws:principalarn');
  const accounts = arns.length === 0 ? valuesOf(condition, 'aws:principalaccount') : [];
  if (arns.length + accounts.length === 0) return undefined;
  const named = [...arns, ...accounts].map((value): Named | undefined => {
    if (isAccountId(value)) return one(formatRootArn('aws', value), 'account', via);
    if (parseUserArn(value) !== undefined) return one(value, 'user', via);
    if (parseRoleArn(value) !== undefined) return { ...nameOfRole(value), via };
    const { partition, account } = parseArn(value) ?? {};
    return partition !== undefined && account !== undefined && isAccountId(account)
      ? one(formatRootArn(partition, account), 'account', via)
      : undefined;
  });
  const known = named.filter((entry) => entry !== undefined);
  if (known.length < named.length) return undefined;
  return [...new Map(known.map((entry) => [entry.principal, entry])).values()];
};

export const nameOfRole = (arn: string): Pick<Named, 'principal' | 'kind'> => {
  const role = parseRoleArn(arn);
  return { principal: arn, kind: role !== undefined && isSsoRole(role.name) ? 'permission-set' : 'role' };
};

const awsPrincipal = (value: string, condition: ConditionBlock | undefined): readonly Named[] => {
  const sets = permissionSetsIn(condition).map((name) => one(`sso:${name}`, 'permission-set', value));
  if (value === '*') return sets.length > 0 ? sets : (leftOf(condition, '*') ?? [one('*', 'anyone')]);
  const root = parseRootArn(value);
  if (isAccountId(value) || root !== undefined) {
    const via = root === undefined ? formatRootArn('aws', value) : value;
    return sets.length > 0 ? sets.map((set) => ({ ...set, via })) : [one(via, 'account')];
  }
  if (parseRoleArn(value) !== undefined) return [{ ...nameOfRole(value), via: value }];
  if (parseUserArn(value) !== undefined) return [one(value, 'user')];
  if (parseSessionArn(value) !== undefined) return [one(value, 'session')];
  return [one(value, 'deleted')];
};

const GITHUB = 'token.actions.githubusercontent.com';

/** As `--as` and `--trust` name it. */
const githubName = (subject: string): string => {
  const [, repository, rest] = /^repo:([^:]+):(.+)$/.exec(subject) ?? [];
  if (repository === undefined || rest === undefined) return `github:${subject}`;
  const qualified = rest.replace(/^(ref|environment):/, '$1=');
  return `github:${repository}:${qualified}`;
};

const subjectsOf = (issuer: string, condition: ConditionBlock | undefined): readonly string[] =>
  Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    /(?:StringEquals|StringLike|StringEqualsIgnoreCase)(?:IfExists)?$/.test(operator)
      ? Object.entries(keys)
          .filter(([key]) => key.toLowerCase() === `${issuer.toLowerCase()}:sub`)
          .flatMap(([, values]) => listOf(values).map(String))
      : [],
  );

const federated = (value: string, condition: ConditionBlock | undefined): readonly Named[] => {
  const resource = parseArn(value)?.resource ?? value;
  if (resource.startsWith('saml-provider/')) return [one(value, 'saml')];
  const issuer = resource.replace(/^oidc-provider\//, '');
  const subjects = subjectsOf(issuer, condition);
  if (subjects.length === 0) return [one(`${issuer}:*`, 'oidc', value)];
  return subjects.map((subject) => one(issuer === GITHUB ? githubName(subject) : `${issuer}:${subject}`, 'oidc', value));
};

/** Everybody whom the statement names; the action decides who of them it is for. */
export const namedIn = ({ Principal, Condition }: Statement, covers: (action: string) => boolean): readonly Named[] => {
  if (Principal === undefined) return [];
  const byKind: Readonly<Record<string, string | readonly string[]>> = Principal === '*' ? { AWS: '*' } : Principal;
  const signed = covers('sts:assumerole');
  return Object.entries(byKind).flatMap(([kind, values]) =>
    listOf(values).flatMap((value): readonly Named[] => {
      if (kind === 'AWS') return signed ? awsPrincipal(value, Condition) : [];
      if (kind === 'Service') return signed ? [one(value, 'service')] : [];
      if (kind !== 'Federated') return [];
      const action = value.includes(':saml-provider/') ? 'sts:assumerolewithsaml' : 'sts:assumerolewithwebidentity';
      return covers(action) ? federated(value, Condition) : [];
    }),
  );
};
