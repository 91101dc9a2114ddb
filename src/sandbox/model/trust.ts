/** Trust policies as IAM keeps them: principals bound to unique ids when written, shown as ARNs while they live, as bare ids afterwards. */
import { isAccountId, parseArn, parseRoleArn, parseRootArn, parseSessionArn, parseUserArn } from '#domain/arn.ts';
import { listOf, statementsOf, type Statement } from '#domain/policy-document.ts';
import { checkSharedIssuers } from '#domain/shared-issuers.ts';
import { malformedPolicy } from '#sandbox/errors.ts';
import { findNamed, type StoredTrust } from './account.ts';
import { parsedDocument } from './documents.ts';
import { principalByArn, principalById, type World } from './world.ts';

const UNIQUE_ID = /^A(?:ID|RO)A[A-Z0-9]{12,}$/;
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/** Checks the document and binds its principals; refuses one that does not exist with MalformedPolicyDocument. */
export const bindTrust = (world: World, text: string): StoredTrust => {
  const document = parsedDocument(text, 'trust');
  // AWS's own sentence for this refusal is not public; the code is the one of all that is wrong with a trust policy.
  const [shared] = checkSharedIssuers(document);
  if (shared !== undefined) throw malformedPolicy(`The trust policy ${shared.message}`);
  const bound = new Map<string, string>();
  for (const statement of statementsOf(document)) {
    for (const [kind, value] of principalsOf(statement)) {
      const id = bindPrincipal(world, kind, value);
      if (id !== undefined) bound.set(value, id);
    }
  }
  return { text, document, bound };
};

const principalsOf = (statement: Statement): readonly (readonly [string, string])[] => {
  const { Principal: principal } = statement;
  if (principal === undefined || principal === '*') return [];
  return Object.entries(principal).flatMap(([kind, values]) => listOf(values).map((value) => [kind, value] as const));
};

/** The unique id that the principal is bound to; undefined for forms that are kept as they are. */
const bindPrincipal = (world: World, kind: string, value: string): string | undefined => {
  if (kind === 'Service') {
    if (!SERVICE.test(value)) throw invalidPrincipal('SERVICE', value);
    return undefined;
  }
  if (kind === 'Federated' && !isProvider(world, value)) throw invalidPrincipal('FEDERATED', value);
  if (kind !== 'AWS' || value === '*') return undefined;
  // Accounts outside the sandbox are taken to exist: only their ids are named.
  if (isAccountId(value) || parseRootArn(value) !== undefined) return undefined;
  if (UNIQUE_ID.test(value)) {
    if (principalById(world, value) === undefined) throw invalidPrincipal('AWS', value);
    return value;
  }
  if (parseRoleArn(value) !== undefined || parseUserArn(value) !== undefined) {
    const principal = principalByArn(world, value);
    if (principal === undefined || principal.usableAt > world.clock.now()) throw invalidPrincipal('AWS', value);
    return principal.id;
  }
  if (isSession(world, value)) return undefined;
  throw invalidPrincipal('AWS', value);
};

/** Providers of accounts that the sandbox does not have are taken to exist; those without an ARN (accounts.google.com, …) are AWS's own. */
const isProvider = (world: World, value: string): boolean => {
  const arn = parseArn(value);
  if (arn === undefined) return /^[a-z0-9.-]+\.[a-z]+$/.test(value);
  const account = world.accounts.get(arn.account);
  if (arn.service !== 'iam' || account === undefined) return arn.service === 'iam';
  // SAML providers are not modelled: none can be made, so that one that is named can only be meant for later.
  return arn.resource.startsWith('saml-provider/') || account.oidcProviders.has(value);
};

const isSession = (world: World, value: string): boolean => {
  const session = parseSessionArn(value);
  if (session !== undefined) {
    const account = world.accounts.get(session.account);
    return account !== undefined && findNamed(account.roles, session.roleName) !== undefined;
  }
  const arn = parseArn(value);
  return arn?.service === 'sts' && isAccountId(arn.account) && arn.resource.startsWith('federated-user/');
};

const invalidPrincipal = (kind: string, value: string) => malformedPolicy(`Invalid principal in policy: "${kind}":"${value}"`);

/**
 * The text as a reader sees it now: an account id as its root ARN, a bound principal as its ARN, a deleted one as its unique id.
 * It stays as it was given where nothing needs rewriting.
 */
export const visibleTrust = (world: World, trust: StoredTrust): string => {
  let isRewritten = false;
  const show = (value: string): string => {
    const shown = visiblePrincipal(world, trust, value);
    isRewritten ||= shown !== value;
    return shown;
  };
  const statements = listOf(trust.document.Statement).map((statement) => withPrincipals(statement, show));
  if (!isRewritten) return trust.text;
  const isList = Array.isArray(trust.document.Statement);
  return JSON.stringify({ ...trust.document, Statement: isList ? statements : statements[0] });
};

const withPrincipals = (statement: Statement, show: (value: string) => string): Statement => {
  const { Principal: principal } = statement;
  if (principal === undefined || principal === '*' || principal['AWS'] === undefined) return statement;
  const aws = principal['AWS'];
  return { ...statement, Principal: { ...principal, AWS: typeof aws === 'string' ? show(aws) : aws.map(show) } };
};

const visiblePrincipal = (world: World, trust: StoredTrust, value: string): string => {
  if (isAccountId(value)) {
    const account = world.accounts.get(value);
    return `arn:${account?.partition ?? 'aws'}:iam::${value}:root`;
  }
  const id = trust.bound.get(value);
  return id === undefined ? value : (principalById(world, id)?.arn ?? id);
};
