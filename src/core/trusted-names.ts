/** Whom a trust policy names, and why that is not the caller: another one, one session, one who was deleted. Pure. */
import { parseArn, parseSessionArn } from '#domain/arn.ts';
import type { Fix } from '#domain/cause.ts';
import type { CauseCode } from '#domain/causes.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { callerOfArn } from './caller-of-arn.ts';
import type { Situation } from './diagnosis.ts';
import { nearest } from './nearest.ts';
import { isDead } from './rewrite-trust.ts';

const trustedNames = (trust: PolicyDocument): readonly string[] =>
  statementsOf(trust)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Principal }) =>
      typeof Principal === 'object' ? Object.values(Principal).flatMap((names) => listOf(names)) : [],
    );

/** Why a trust policy that names somebody does not name the caller, with the nearest that it does name. */
export const principalCause = (trust: PolicyDocument, { source }: Situation): readonly [code: CauseCode, said: string] => {
  const names = trustedNames(trust);
  const session = parseSessionArn(source.arn);
  const sameRole = names.find((name) => {
    const named = parseSessionArn(name);
    return named !== undefined && named.account === session?.account && named.roleName === session.roleName;
  });
  if (sameRole !== undefined) return ['TRUST_NAMES_SESSION', `it names the session ${sameRole}`];
  const own = callerOfArn(source.arn)?.roleArn ?? source.arn;
  const root = parseArn(own);
  const ownNames = [own, source.arn, source.account, `arn:${root?.partition ?? 'aws'}:iam::${source.account}:root`, '*'];
  const named = names.find((name) => ownNames.includes(name));
  if (named !== undefined) return ['TRUST_REFUSES', `it names ${named}, and no statement that does allows sts:AssumeRole`];
  const closest = nearest(own, names);
  const dead = names.find(isDead);
  const isOnlyDead = dead !== undefined && names.every((name) => isDead(name) || !name.includes(source.account));
  if (dead !== undefined && isOnlyDead) return ['PRINCIPAL_RECREATED', `it holds the id ${dead} of somebody who was deleted`];
  return ['TRUST_NAMES_OTHERS', closest === undefined ? 'it names nobody' : `the nearest that it names is ${closest}`];
};

/** Credentials of the wrong person are as likely as a person left out, and whoever is let in by mistake stays in. */
export const orAsOther = (fix: Fix, code: CauseCode, trust: PolicyDocument): Fix =>
  code === 'TRUST_NAMES_OTHERS' && trustedNames(trust).length > 0
    ? {
        ...fix,
        summary: `come as one whom it names (--source-profile NAME); or, if this caller is meant to get in, ${fix.summary}`,
      }
    : fix;
