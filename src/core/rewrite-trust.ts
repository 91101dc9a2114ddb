/** A trust policy that was read, written anew: with the external ID in every statement that lets in, a living principal for a dead one, without an outsider. */
import { parseArn } from '#domain/arn.ts';
import type { Fix } from '#domain/cause.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import { shellWord } from '#domain/shell-word.ts';
import { statementHcl } from '#policy/fix-hcl.ts';
import { callerOfArn, principalsOf } from './caller-of-arn.ts';
import type { Situation } from './diagnosis.ts';
import { appendTrustCommand, tightenTrustCommand } from './trust-filter.ts';

/** What stands in the place of a user or role that was deleted. Source: IAM User Guide, "AWS JSON policy elements: Principal". */
const UNIQUE_ID = /^A(IDA|ROA)[A-Z0-9]{12,}$/;

export const isDead = (name: string): boolean => UNIQUE_ID.test(name);

const oneOrList = (names: readonly string[]): string | readonly string[] => (names.length === 1 ? (names[0] ?? '') : names);

const EXTERNAL_ID = 'sts:externalid';

const assumes = ({ Effect, Action }: Statement): boolean =>
  Effect === 'Allow' && listOf(Action).some((action) => /^(\*|sts:(\*|AssumeRole|Assume\*))$/i.test(action));

/** A statement may not ask for an external ID and allow TagSession: those two actions go into a statement of their own. */
const tightened = (statement: Statement, externalId: string): readonly Statement[] => {
  if (!assumes(statement)) return [statement];
  const { Condition = {}, ...rest } = statement;
  const kept = Object.entries(Condition).flatMap(([operator, keys]) => {
    const others = Object.entries(keys).filter(([key]) => key.toLowerCase() !== EXTERNAL_ID);
    return others.length === 0 ? [] : [[operator, Object.fromEntries(others)] as const];
  });
  const other = Object.fromEntries(kept);
  const equal = { ...(other['StringEquals'] as object | undefined), 'sts:ExternalId': externalId };
  const carried = listOf(statement.Action).flatMap((action) =>
    action.includes('*')
      ? ['sts:TagSession', 'sts:SetSourceIdentity']
      : /^sts:(TagSession|SetSourceIdentity)$/i.test(action)
        ? [action]
        : [],
  );
  const first: Statement = { ...rest, Action: 'sts:AssumeRole', Condition: { ...other, StringEquals: equal } };
  const { Sid: _, ...unnamed } = rest;
  const second: Statement = { ...unnamed, Action: carried, ...(kept.length > 0 && { Condition: other }) };
  return carried.length === 0 ? [first] : [first, second];
};

const commandOf = ({ access }: Situation, document: PolicyDocument): string =>
  `aws iam update-assume-role-policy --role-name ${access.role.name} --policy-document ${shellWord(JSON.stringify(document))}`;

/** The fix with the whole document; undefined where the trust policy cannot be read. */
const rewritten = async (
  fix: Fix,
  situation: Situation,
  rewrite: (statement: Statement) => readonly Statement[],
): Promise<Fix | undefined> => {
  const { access, insight } = situation;
  const view = insight.views.find(({ account }) => account === access.role.account);
  const { trustPolicy } = (await view?.iam.readPrincipal('role', access.role.name)) ?? {};
  if (trustPolicy === undefined) return undefined;
  const before = statementsOf(trustPolicy);
  const after = before.map(rewrite);
  const index = after.findIndex((statements, i) => JSON.stringify(statements) !== JSON.stringify([before[i]]));
  const statement = after[index]?.[0];
  if (statement === undefined) return undefined;
  return {
    ...fix,
    change: { kind: 'replace-statement', policy: { kind: 'trust', index: 0 }, index, statement },
    command: commandOf(situation, { ...trustPolicy, Statement: after.flat() }),
  };
};

/** By the whole document where it can be read, else by a command that fetches it. */
export const tightenTrust = async (fix: Fix, situation: Situation): Promise<Fix | undefined> => {
  const { externalId } = situation.request;
  if (externalId === undefined) return undefined;
  const command = tightenTrustCommand(situation.access.role.name, externalId);
  return (await rewritten(fix, situation, (statement) => tightened(statement, externalId))) ?? { ...fix, command };
};

/** Names that mean the outsider and not the source: those of an account that both are of let the source in. */
const namesOf = (outsider: string, { source }: Situation): readonly string[] => {
  const { account, partition } = parseArn(outsider) ?? {};
  const own = [outsider, callerOfArn(outsider)?.roleArn ?? outsider];
  return account === undefined || account === source.account ? own : [...own, account, `arn:${partition}:iam::${account}:root`];
};

/** Where nothing names it alone, as of an account or of everybody. */
const holdOff = (fix: Fix, outsider: string, { access }: Situation): Fix => {
  const statement: Statement = {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sts:AssumeRole',
    Condition: { ArnLike: { 'aws:PrincipalArn': principalsOf(outsider) } },
  };
  return {
    ...fix,
    summary: `${fix.summary}; this statement holds ${outsider} off at once`,
    change: { kind: 'add-statement', to: 'trust', statement },
    command: appendTrustCommand(access.role.name, statement),
    hcl: statementHcl(statement),
  };
};

export const shutOut = async (fix: Fix, outsider: string, situation: Situation): Promise<Fix> => {
  const names = namesOf(outsider, situation);
  const shut = await rewritten(fix, situation, (statement) => {
    const { Effect, Principal } = statement;
    if (Effect !== 'Allow' || typeof Principal !== 'object') return [statement];
    const kept = listOf(Principal['AWS']).filter((name) => !names.includes(name));
    if (kept.length === 0 || kept.length === listOf(Principal['AWS']).length) return [statement];
    return [{ ...statement, Principal: { ...Principal, AWS: oneOrList(kept) } }];
  });
  return shut ?? holdOff(fix, outsider, situation);
};

/** IAM refuses a document with the id of somebody who is no more, so all of them go. */
export const reviveTrust = (fix: Fix, principal: string, situation: Situation): Promise<Fix | undefined> =>
  rewritten(fix, situation, (statement) => {
    const { Principal } = statement;
    if (typeof Principal !== 'object') return [statement];
    const names = listOf(Principal['AWS']);
    if (!names.some(isDead)) return [statement];
    const living = [...new Set(names.map((name) => (isDead(name) ? principal : name)))];
    return [{ ...statement, Principal: { ...Principal, AWS: oneOrList(living) } }];
  });
