/** The one cause by the policies that can be read, decided by the evaluator. Reads only. */
import { formatRoleArn, parseArn, parseSessionArn } from '#domain/arn.ts';
import type { AccessDenied, DeniedLayer } from '#domain/access-denied.ts';
import type { Fix } from '#domain/cause.ts';
import { CAUSES, type CauseCode } from '#domain/causes.ts';
import { listOf, statementsOf, type PolicyDocument, type Statement } from '#domain/policy-document.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import type { Unread } from '#domain/unread.ts';
import { isXacctError } from '#domain/xacct-error.ts';
import { callerOfArn } from './caller-of-arn.ts';
import { causeOf, filledFor, LIMITS_OTHERS, NOT_GRANTED, NOT_TRUSTED } from './diagnose-refusal.ts';
import type { Situation } from './diagnosis.ts';
import type { Caller } from '#policy/scenario.ts';
import { explainLive, type AccountView, type LiveAnswer } from './explain-live.ts';
import { isOfLock } from './locked-role.ts';
import { nearest } from './nearest.ts';
import { changedCommand, changeFix, policyRequestOf, verifyCommand, type RequestChange } from './request-change.ts';
import { remediesOf } from './refusal-remedies.ts';
import { isDead, reviveTrust } from './rewrite-trust.ts';
import type { PrincipalState } from './ports/principal-iam.ts';

export interface PolicyFinding {
  readonly cause: VerifyCause;
  /** Nothing that could not be read would change it. */
  readonly isCertain: boolean;
}

/** What reading came to. */
export interface Reading {
  readonly finding: PolicyFinding | undefined;
  /** All that binds the source in its own account was read, as far as IAM shows it, and lets it go. */
  readonly isSourceClear: boolean;
  /** The same of both sides. */
  readonly isClear: boolean;
  /** Of either side, the organizations among it. */
  readonly unread: readonly Unread[];
}

const NOTHING: Reading = { finding: undefined, isSourceClear: false, isClear: false, unread: [] };

const ask = ({ access, source, request, insight }: Situation, views: readonly AccountView[]): Promise<LiveAnswer> | undefined => {
  const { arn, claims, userId } = source;
  const known = callerOfArn(arn);
  const caller: Caller | undefined =
    claims === undefined ? known && { ...known, uniqueId: userId } : { arn, kind: 'web-identity', claims };
  if (caller === undefined) return undefined;
  return explainLive({
    caller,
    role: access.role,
    request: policyRequestOf(request),
    time: insight.time,
    known: [],
    views,
  });
};

/** Conditions by their key, in lower case; what the trust policy wants of the call. */
const OF_KEY: readonly (readonly [RegExp, CauseCode])[] = [
  [/^sts:rolesessionname$/, 'SESSION_NAME_REFUSED'],
  [/^sts:sourceidentity$/, 'SOURCE_IDENTITY_REFUSED'],
  [/^(aws:requesttag\/|aws:tagkeys$|sts:transitivetagkeys$)/, 'SESSION_TAG_REFUSED'],
  [/^aws:multifactorauth(present|age)$/, 'MFA_REQUIRED'],
  [/^aws:(principalarn|userid|username|principalaccount)$/, 'TRUST_NAMES_OTHERS'],
  [/^aws:principalorg/, 'ORGANIZATION_REQUIRED'],
  [/^aws:(sourceip|vpcsourceip|sourcevpc|sourcevpce)$/, 'NETWORK_REFUSED'],
  [/^aws:requestedregion$/, 'REGION_REFUSED'],
];

const codeOfKey = (key: string, isSent: boolean): CauseCode => {
  const name = key.toLowerCase();
  if (name === 'sts:externalid') return isSent ? 'EXTERNAL_ID_WRONG' : 'EXTERNAL_ID_MISSING';
  return OF_KEY.find(([pattern]) => pattern.test(name))?.[1] ?? 'CONDITION_NOT_MET';
};

/** What the evaluator would have the call ask otherwise tells what a Deny hangs on. */
const OF_PATH: readonly (readonly [RegExp, CauseCode])[] = [
  [/^request\.sessionName$/, 'SESSION_NAME_REFUSED'],
  [/^request\.sourceIdentity$/, 'SOURCE_IDENTITY_REFUSED'],
  [/^request\.(tags|transitiveTagKeys)/, 'SESSION_TAG_REFUSED'],
  [/^request\.region$/, 'REGION_REFUSED'],
  [/^caller\.mfa/, 'MFA_REQUIRED'],
  [/^caller\.sourceIp$/, 'NETWORK_REFUSED'],
];

const codeOfChange = ({ set, unset }: RequestChange, isSent: boolean): CauseCode => {
  if (unset.includes('request.externalId')) return 'EXTERNAL_ID_FORBIDDEN';
  const [path = ''] = [...Object.keys(set), ...unset];
  if (path === 'request.externalId') return isSent ? 'EXTERNAL_ID_WRONG' : 'EXTERNAL_ID_MISSING';
  return OF_PATH.find(([pattern]) => pattern.test(path))?.[1] ?? 'CONDITION_NOT_MET';
};

const conditionKeys = ({ Condition = {} }: Statement): readonly string[] =>
  Object.values(Condition).flatMap((keys) => Object.keys(keys));

/** The key on which a Deny of the trust policy hangs, where it hangs on one that the call decides. */
const denyingKey = (denied: Statement): string | undefined =>
  conditionKeys(denied).find((key) => !['TRUST_NAMES_OTHERS', 'CONDITION_NOT_MET'].includes(codeOfKey(key, true)));

const trustCode = (answer: LiveAnswer, { request, source }: Situation): CauseCode => {
  const { reason, element, action, fix } = answer;
  if (source.claims !== undefined) return reason === 'EXPLICIT_DENY' ? 'TRUST_DENIES' : 'TOKEN_NOT_TRUSTED';
  const isSent = request.externalId !== undefined;
  if (isOfLock(answer)) return 'ROLE_LOCKED';
  if (reason === 'EXPLICIT_DENY') {
    if (fix?.change?.kind === 'change-request') return codeOfChange(fix.change, isSent);
    const denied = fix?.change?.kind === 'replace-statement' ? fix.change.statement : undefined;
    if (denied === undefined) return 'TRUST_DENIES';
    const key = denyingKey(denied);
    return key === undefined ? 'TRUST_DENIES' : codeOfKey(key, isSent);
  }
  if (isSent && element?.operator === 'Null' && /^sts:externalid$/i.test(element.key ?? '')) return 'EXTERNAL_ID_FORBIDDEN';
  if (reason === 'CONDITION_NOT_MET' && element?.key !== undefined && !isOfOtherAction(element.key, action))
    return codeOfKey(element.key, isSent);
  if (action === 'sts:TagSession' && request.tags === undefined) return 'INHERITED_TAGS_NOT_TRUSTED';
  return NOT_TRUSTED[action] ?? 'TRUST_NAMES_OTHERS';
};

/** sts:ExternalId and sts:RoleSessionName belong to AssumeRole alone: a statement with them cannot allow the other two. */
const isOfOtherAction = (key: string, action: string): boolean =>
  action !== 'sts:AssumeRole' && /^sts:(externalid|rolesessionname)$/i.test(key);

const codeOf = (answer: LiveAnswer, situation: Situation): CauseCode => {
  const { layer, reason, action } = answer;
  if (layer === 'trust') return trustCode(answer, situation);
  if (layer === 'identity') {
    if (reason === 'EXPLICIT_DENY') return 'SOURCE_DENIES';
    if (reason === 'NO_MATCHING_RESOURCE') return 'GRANT_NAMES_OTHER_ROLE';
    return NOT_GRANTED[action] ?? 'SOURCE_GRANT_MISSING';
  }
  const limiting =
    layer === 'boundary' || layer === 'scp' || layer === 'rcp' || layer === 'session-policy' ? LIMITS_OTHERS[layer] : undefined;
  if (limiting !== undefined) return limiting;
  return reason in CAUSES ? (reason as CauseCode) : 'OTHER_REFUSAL';
};

const trustedNames = (trust: PolicyDocument): readonly string[] =>
  statementsOf(trust)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Principal }) =>
      typeof Principal === 'object' ? Object.values(Principal).flatMap((names) => listOf(names)) : [],
    );

/** Why a trust policy that names somebody does not name the caller, with the nearest that it does name. */
const principalCause = (trust: PolicyDocument, { source }: Situation): readonly [code: CauseCode, said: string] => {
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

const moveRole = (situation: Situation, found: PrincipalState): Fix => ({
  actor: 'you',
  account: situation.source.account,
  summary: `call ${found.arn}: a role's ARN holds its path`,
  change: null,
  command: null,
  hcl: `provider "aws" {\n  assume_role {\n    role_arn = "${found.arn}"\n  }\n}`,
  xacct: verifyCommand(found.arn, policyRequestOf(situation.request)),
  message: null,
});

const withXacct = (fix: Fix, situation: Situation): Fix => {
  if (fix.change?.kind !== 'change-request') return fix;
  const xacct = changedCommand(situation, fix.change);
  return xacct === undefined ? fix : { ...fix, xacct };
};

const WITHOUT_ID = { kind: 'change-request', set: {}, unset: ['request.externalId'] } as const;

const grantOf = ({ action }: LiveAnswer, { access, source, request }: Situation): Fix | undefined => {
  const reason = { layer: 'identity', isExplicit: false } as const;
  return remediesOf(
    { callerArn: source.arn, action, resource: access.roleArn, reason, isExplicit: false },
    policyRequestOf(request),
  )[0];
};

/** Of a value that nobody here can know the evaluator asks whoever calls it; the table names who can act all the same. */
const isQuestion = ({ actor, change }: Fix, code: CauseCode): boolean =>
  actor === 'you' && change === null && CAUSES[code].actor !== 'you';

const betterFix = (code: CauseCode, answer: LiveAnswer, situation: Situation): Fix | undefined => {
  if (code === 'EXTERNAL_ID_FORBIDDEN') return changeFix(situation, WITHOUT_ID, 'send no external ID');
  // To ask otherwise than the trust policy wants is no cure for a grant.
  if (answer.layer === 'identity' && answer.reason !== 'EXPLICIT_DENY' && answer.fix?.change?.kind === 'change-request')
    return grantOf(answer, situation);
  if (answer.fix === null || isQuestion(answer.fix, code)) return undefined;
  return withXacct(answer.fix, situation);
};

const isTrustQuestion = (code: CauseCode): boolean => code === 'TRUST_NAMES_OTHERS';

/** Credentials of the wrong person are as likely as a person left out, and whoever is let in by mistake stays in. */
const orAsOther = (fix: Fix, code: CauseCode, trust: PolicyDocument): Fix =>
  code === 'TRUST_NAMES_OTHERS' && trustedNames(trust).length > 0
    ? {
        ...fix,
        summary: `come as one whom it names (--source-profile NAME); or, if this caller is meant to get in, ${fix.summary}`,
      }
    : fix;

/** The role itself, for what the decision does not say: another path, the principals that are named. */
const lookAtRole = async ({ access, insight: { views } }: Situation): Promise<PrincipalState | undefined> =>
  views.find(({ account }) => account === access.role.account)?.iam.readPrincipal('role', access.role.name);

const missingRole = async (situation: Situation): Promise<VerifyCause> => {
  const state = await lookAtRole(situation);
  if (state === undefined) return causeOf(filledFor('ROLE_MISSING', situation), situation);
  return causeOf(filledFor('ROLE_PATH_WRONG', situation, state.arn), situation, { fix: moveRole(situation, state) });
};

const isMissingRole = ({ layer, reason, statement, policy }: LiveAnswer): boolean =>
  layer === 'trust' && reason === 'NO_POLICY' && statement === null && policy === null;

const toCause = async (answer: LiveAnswer, situation: Situation): Promise<VerifyCause> => {
  if (isMissingRole(answer)) return missingRole(situation);
  const code = codeOf(answer, situation);
  const fix = betterFix(code, answer, situation);
  const better = fix === undefined ? {} : { fix };
  const subject = answer.element?.key ?? null;
  if (isTrustQuestion(code) && answer.reason !== 'CONDITION_NOT_MET') {
    const { trustPolicy } = (await lookAtRole(situation)) ?? {};
    if (trustPolicy !== undefined) {
      const [better_, said] = principalCause(trustPolicy, situation);
      const about = filledFor(better_, situation);
      const principal = callerOfArn(situation.source.arn)?.roleArn ?? situation.source.arn;
      const revived = about.code === 'PRINCIPAL_RECREATED' ? await reviveTrust(about.fix, principal, situation) : undefined;
      return causeOf(about, situation, {
        explanation: `${about.explanation}: ${said}`,
        ...(fix && { fix: orAsOther(fix, about.code, trustPolicy) }),
        ...(revived && { fix: revived }),
      });
    }
  }
  const about = filledFor(code, situation, subject);
  return causeOf(about, situation, { explanation: `${about.explanation}: ${answer.explanation}`, ...better });
};

/** The account whose policies AWS's words are about. */
const sideOf = (layer: DeniedLayer, { access, source }: Situation): string =>
  layer === 'trust' || layer === 'resource' ? access.role.account : source.account;

const isSame = (layer: DeniedLayer, answer: LiveAnswer): boolean =>
  answer.layer === layer || (layer === 'resource' && answer.layer === 'trust');

/** Where AWS names another layer than the evaluator came to first, the others are left out of the question. */
const inLayer = async (
  answer: LiveAnswer,
  said: AccessDenied | undefined,
  situation: Situation,
): Promise<LiveAnswer | undefined> => {
  const layer = said?.reason?.layer;
  if (layer === undefined || isSame(layer, answer)) return answer;
  const account = sideOf(layer, situation);
  const again = await ask(
    situation,
    situation.insight.views.filter((view) => view.account === account),
  );
  return again !== undefined && isSame(layer, again) ? again : undefined;
};

/** Throws nothing that reading IAM can throw: what could not be read is not known. */
export const readPolicies = async (said: AccessDenied | undefined, situation: Situation): Promise<Reading> => {
  const { source, access } = situation;
  const { views } = situation.insight;
  try {
    const whole = await ask(situation, views);
    if (whole === undefined) return NOTHING;
    const answer = await inLayer(whole, said, situation);
    if (answer === undefined) return { ...NOTHING, unread: whole.unread };
    if (answer.verdict !== 'allowed')
      return {
        finding: { cause: await toCause(answer, situation), isCertain: answer.confidence === 'high' },
        isSourceClear: false,
        isClear: false,
        unread: whole.unread,
      };
    const isRead = views.some(({ account }) => account === source.account);
    const unread = answer.unread.filter(({ permission }) => permission?.startsWith('iam:') === true);
    const isSourceClear =
      isRead && unread.every(({ account }) => account !== source.account) && access.role.account !== source.account;
    const isTargetRead = views.some(({ account }) => account === access.role.account);
    return {
      finding: undefined,
      isSourceClear,
      isClear: isSourceClear && isTargetRead && unread.length === 0,
      unread: whole.unread,
    };
  } catch (error) {
    if (isXacctError(error) && error.kind !== 'interrupted') return NOTHING;
    throw error;
  }
};

/** The role's ARN as it would be in the source's partition, or undefined where it is there. */
export const inPartitionOf = ({ access, source }: Situation): string | undefined => {
  const partition = parseArn(source.arn)?.partition ?? access.role.partition;
  return partition === access.role.partition ? undefined : formatRoleArn({ ...access.role, partition });
};
