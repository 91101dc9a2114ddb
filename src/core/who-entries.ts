/** Everybody whom one trust policy lets in, each judged by what could be read of it. Pure. */
import { parseArn, parseRootArn } from '#domain/arn.ts';
import { statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import type { WhoEntry } from '#domain/who.ts';
import { compilePolicy } from '#policy/compile.ts';
import type { Caller, TargetRole } from '#policy/scenario.ts';
import { callerOfArn } from './caller-of-arn.ts';
import { judgeCaller } from './who-can.ts';
import { nameOfRole, namedIn, type Named } from './who-principals.ts';

export type Callers = readonly Caller[] | 'unknown';

export interface Situation {
  readonly role: TargetRole;
  readonly trust: PolicyDocument;
  /** Of every account that could be read. */
  readonly callers: ReadonlyMap<string, Callers>;
}

export const nameOf = ({
  arn,
  kind,
}: Caller): Pick<Named, 'principal'> & { readonly kind: 'user' | 'role' | 'permission-set' } => {
  if (kind === 'user') return { principal: arn, kind };
  const named = nameOfRole(arn);
  return { principal: named.principal, kind: named.kind === 'permission-set' ? 'permission-set' : 'role' };
};

/** Who of an account gets in by its own policies; nobody else of it can. */
const membersOf = (
  named: Named,
  callers: readonly Caller[],
  { role }: Situation,
): readonly (Named & Pick<WhoEntry, 'can' | 'why'>)[] =>
  callers
    .map((caller) => ({ ...nameOf(caller), via: named.via, ...judgeCaller(caller, role) }))
    .filter(({ can, principal }) => can !== 'no' && (named.kind !== 'permission-set' || isOfSet(principal, named.principal)));

/** By the pattern of the trust policy, which says itself whether longer names are meant, too: each of them is judged by it. */
const isOfSet = (arn: string, set: string): boolean => {
  const name = set.replace(/^sso:/, '');
  return arn.includes(`/AWSReservedSSO_${name.endsWith('*') ? name.slice(0, -1) : `${name}_`}`);
};

const UNREAD_ACCOUNT = "anyone that account's administrators choose: its IAM was not read";

const SOME_DENIED = 'a Deny statement of the trust policy may hit some of them';

const hasDeny = ({ trust }: Situation): boolean => statementsOf(trust).some(({ Effect }) => Effect === 'Deny');

const judgeNamed = (named: Named, situation: Situation): readonly (Named & Pick<WhoEntry, 'can' | 'why'>)[] => {
  const { kind, principal, via } = named;
  // Of everybody, a condition may leave one account.
  const place = via === '*' ? principal : via;
  const account = parseArn(place)?.account ?? '';
  const callers = situation.callers.get(account);
  switch (kind) {
    case 'account':
    case 'permission-set':
      if (callers !== undefined && callers !== 'unknown' && parseRootArn(place) !== undefined)
        return membersOf(named, callers, situation);
      if (kind === 'account' || via !== principal) return [{ ...named, can: 'unknown', why: UNREAD_ACCOUNT }];
      break;
    case 'user':
    case 'role':
    case 'session':
      break;
    case 'deleted':
      return [
        {
          ...named,
          can: 'no',
          why: 'the user or role was deleted: nobody has this id any more, also not a new one of the same name',
        },
      ];
    case 'service':
      return [{ ...named, ...judgeCaller({ arn: principal, kind: 'service' }, situation.role) }];
    default:
      return [{ ...named, ...(hasDeny(situation) ? { can: 'unknown', why: SOME_DENIED } : { can: 'yes', why: null }) }];
  }
  if (callers !== undefined && callers !== 'unknown') {
    const roleArn = callerOfArn(principal)?.roleArn ?? principal;
    const caller = callers.find(({ arn }) => arn === roleArn);
    if (caller === undefined) return [{ ...named, can: 'no', why: `there is no such principal in account ${account}` }];
    const asking: Caller = kind === 'session' ? { ...caller, kind: 'assumed-role', arn: principal, roleArn } : caller;
    return [{ ...named, ...judgeCaller(asking, situation.role) }];
  }
  const caller = callerOfArn(principal);
  const judged = caller && judgeCaller({ ...caller, identityPolicies: 'unknown' }, situation.role);
  return [{ ...named, ...(judged ?? { can: 'unknown', why: null }) }];
};

/** Denies nobody. In the place of a statement it leaves the others their numbers. */
const NOBODY: Statement = { Effect: 'Deny', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' };

/** As if the trust policy had this one way in; what it denies it denies all the same. */
const aloneOf = (trust: PolicyDocument, kept: number): PolicyDocument => ({
  ...trust,
  Statement: statementsOf(trust).map((statement, i) => (i === kept || statement.Effect === 'Deny' ? statement : NOBODY)),
});

export const principalsOf = (situation: Situation): readonly WhoEntry[] => {
  const { statements } = compilePolicy(situation.trust, 'trust');
  const sources = statementsOf(situation.trust);
  const entries = statements.flatMap((statement, i): readonly WhoEntry[] => {
    const source = sources[i];
    if (statement.effect !== 'Allow' || source === undefined) return [];
    const conditions = source.Condition ?? null;
    const alone = { ...situation, role: { ...situation.role, trustPolicy: aloneOf(situation.trust, i) } };
    return namedIn(source, statement.coversAction)
      .flatMap((named) => judgeNamed(named, alone))
      .map(({ principal, kind, via, can, why }) => ({ principal, kind, via, statement: statement.ref, conditions, can, why }));
  });
  // Somebody may be let in by several statements, of which another may ask for less: only what is alike in all stands for both.
  const keyOf = ({ principal, can, conditions }: WhoEntry): string =>
    JSON.stringify([principal, can, can !== 'no' && conditions]);
  return [...new Map(entries.toReversed().map((entry) => [keyOf(entry), entry])).values()].toReversed();
};
