/** The evaluator's answer about policies that were read as the one cause, with the patch that its owner can carry out. Reads the role once more at most. */
import type { Fix } from '#domain/cause.ts';
import { CAUSES, type CauseCode } from '#domain/causes.ts';
import type { PolicyDocument } from '#domain/policy-document.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import { callerOfArn } from './caller-of-arn.ts';
import { withCarried } from './carry-along.ts';
import { causeOf, filledFor } from './diagnose-refusal.ts';
import type { Situation } from './diagnosis.ts';
import type { LiveAnswer } from './explain-live.ts';
import { codeOf } from './policy-codes.ts';
import type { PrincipalState } from './ports/principal-iam.ts';
import { remediesOf } from './refusal-remedies.ts';
import { changedCommand, changeFix, policyRequestOf, verifyCommand } from './request-change.ts';
import { reviveTrust } from './rewrite-trust.ts';
import { orAsOther, principalCause } from './trusted-names.ts';

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

const isGrantMissing = (code: CauseCode, { layer, reason }: LiveAnswer): boolean =>
  layer === 'identity' && reason !== 'EXPLICIT_DENY' && CAUSES[code].layer === 'identity';

const betterFix = (code: CauseCode, answer: LiveAnswer, situation: Situation): Fix | undefined => {
  if (code === 'EXTERNAL_ID_FORBIDDEN') return changeFix(situation, WITHOUT_ID, 'send no external ID');
  // To ask otherwise than the trust policy wants is no cure for a grant.
  if (isGrantMissing(code, answer) && answer.fix?.change?.kind === 'change-request') return grantOf(answer, situation);
  if (answer.fix === null || isQuestion(answer.fix, code)) return undefined;
  return withXacct(answer.fix, situation);
};

/** Read, found wrong, and declared in xacct.yaml otherwise: the file is the truth, and init writes all of it at once. */
const OF_FILE: readonly CauseCode[] = [
  'EXTERNAL_ID_WRONG',
  'EXTERNAL_ID_FORBIDDEN',
  'EXTERNAL_ID_MISSING',
  'TRUST_NAMES_OTHERS',
  'TAG_SESSION_NOT_TRUSTED',
  'SOURCE_IDENTITY_NOT_TRUSTED',
];

const asFile = (code: CauseCode, { layer }: LiveAnswer, { access, said }: Situation): Fix | undefined =>
  layer === 'trust' && said.trusted !== undefined && said.hasOtherId !== true && OF_FILE.includes(code)
    ? {
        actor: 'target-admin',
        account: access.role.account,
        summary: 'let init write the trust policy as xacct.yaml declares it; where the role is right, correct xacct.yaml',
        change: null,
        command: null,
        hcl: null,
        xacct: 'xacct init --prune',
        message: null,
      }
    : undefined;

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

/** The trust policy names others: which, and who is the nearest. */
const namedCause = async (trust: PolicyDocument, fix: Fix | undefined, situation: Situation): Promise<VerifyCause> => {
  const [code, said] = principalCause(trust, situation);
  const about = filledFor(code, situation);
  const principal = callerOfArn(situation.source.arn)?.roleArn ?? situation.source.arn;
  const revived = code === 'PRINCIPAL_RECREATED' ? await reviveTrust(about.fix, principal, situation) : undefined;
  return causeOf(about, situation, {
    explanation: `${about.explanation}: ${said}`,
    ...(fix && { fix: fix.change === null ? fix : orAsOther(withCarried(fix, situation, trust), code, trust) }),
    ...(revived && { fix: revived }),
  });
};

export const causeOfAnswer = async (answer: LiveAnswer, situation: Situation): Promise<VerifyCause> => {
  if (isMissingRole(answer)) return missingRole(situation);
  const code = codeOf(answer, situation);
  const declared = asFile(code, answer, situation);
  const fix = declared ?? betterFix(code, answer, situation);
  if (code === 'TRUST_NAMES_OTHERS' && answer.reason !== 'CONDITION_NOT_MET') {
    const { trustPolicy } = (await lookAtRole(situation)) ?? {};
    if (trustPolicy !== undefined) return namedCause(trustPolicy, fix, situation);
  }
  const about = filledFor(code, situation, answer.element?.key ?? null);
  return causeOf(about, situation, { explanation: `${about.explanation}: ${answer.explanation}`, ...(fix && { fix }) });
};
