/** verify of one target: whose credentials ask, and what is asked for, from flags and file to the report. */
import { parseAccount, parseMaxSessionDuration, parseRunDuration, parseTimeout, type Field } from '#domain/fields.ts';
import type { Access } from '#domain/access.ts';
import { declaredActions, type DeclaredActions } from '#domain/declared-actions.ts';
import { settlePermissions } from '#domain/permissions.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { parseAccess } from '#domain/parse-access.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { GivenText, SpecInput } from '#domain/spec-input.ts';
import { SKIPPABLE, type Skippable } from '#domain/verify-report.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { DeclaredPrincipal } from '#core/declared-trust.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import { verify } from '#core/verify.ts';
import type { Input } from './command.ts';
import { askingFlags, completeCause, targetProfile } from './complete-patch.ts';
import type { Context } from './context.ts';
import { NOT_GENERATED } from './external-id.ts';
import { tellObstacles } from './obstacles.ts';
import { credentialsOf, openNamed, openWith, type Opening } from './open-accounts.ts';
import { openDiagnosis } from './open-diagnosis.ts';
import type { Proved } from './proof-file.ts';
import { DEFAULT_CHAIN, openSide } from './sides.ts';
import type { Target } from './targets.ts';
import { tokenFileOf } from './token-file.ts';

/** IAM may need some seconds when somebody just made the role; more is asked for with --timeout. */
const WAIT_SECONDS = 15;

/** verify writes nothing, and reads IAM for what goes beyond its answer. */
const LOOKING = { isOnlyLooking: true } as const;

const optional = <T>(parse: Field<T>, given: GivenText): T | undefined => {
  const parsed = given && parse(given);
  if (parsed && !parsed.ok) throw XacctError.of(parsed.diagnostics);
  return parsed?.value;
};

export const skipsOf = (input: Input): readonly Skippable[] =>
  SKIPPABLE.filter((check) => input.list('skip')?.some(({ value }) => value === check));

export const waitMsOf = (input: Input, fallbackSeconds: number): number =>
  (optional(parseTimeout, input.text('timeout')) ?? fallbackSeconds) * 1000;

/** By its token, where the role is entered with one. */
const sourceSide = async (access: Access, opening: Opening): Promise<AwsSide> => {
  const { region, input, context } = opening;
  const tokenFile = tokenFileOf(access, input, context);
  if (tokenFile !== undefined) return openSide(DEFAULT_CHAIN, region, input, context, { ...LOOKING, tokenFile });
  const credentials = (await credentialsOf('source', opening)) ?? DEFAULT_CHAIN;
  await tellObstacles(credentials, context);
  return openWith('source', credentials, opening);
};

/** Undefined where nothing is declared, or not in a way that init would take. */
const declaredPermissions = (input: SpecInput, { role }: Access): DeclaredActions | undefined => {
  // What bounds roles on the way there is no part of it.
  const request = parseSpecRequest({ ...input, sourcePermissionsBoundary: undefined }, NOT_GENERATED);
  const settled = request.ok
    ? settlePermissions(request.value.permissions, { ...role, role, boundary: request.value.role.permissionsBoundary })
    : undefined;
  if (settled?.ok !== true) return undefined;
  const { policies, policyArns } = settled.value;
  return declaredActions(
    policies.map(({ document }) => document),
    policyArns,
  );
};

/** That there is no external ID was meant: it is said, or the organization stands in its place. */
const saysNoId = ({ externalId, orgId }: SpecInput): boolean =>
  externalId?.some(({ value }) => value === 'none') === true || orgId !== undefined;

/** Only a file is kept: whom flags would have it trust, nobody says to verify. Roles on the way stand between the two. */
const trustedIn = ({ inFile, input: { trust = [] } }: Target, { via }: Access): readonly DeclaredPrincipal[] | undefined => {
  const parsed = trust.map((given) => ({ given, read: parsePrincipal(given) }));
  if (inFile === undefined || via.length > 0 || trust.length === 0) return undefined;
  const known = parsed.flatMap(({ given, read }) => (read.ok ? [{ name: given.value, principal: read.value }] : []));
  return known.length === parsed.length ? known : undefined;
};

const outsiderSide = async (region: string | undefined, input: Input, context: Context): Promise<AwsSide | undefined> => {
  const name = input.text('outsider')?.value;
  return name === undefined ? undefined : openSide({ kind: 'profile', name }, region, input, context, LOOKING);
};

const proveTarget = async (target: Target, input: Input, context: Context): Promise<Proved> => {
  const access = parseAccess(target.input);
  if (!access.ok) throw XacctError.of(access.diagnostics);
  const sourceAccount = optional(parseAccount, target.input.sourceAccount);
  const maxSessionSeconds = optional(parseMaxSessionDuration, target.input.maxSessionDuration);
  const expectedRunSeconds = optional(parseRunDuration, input.text('expect-run'));
  const mfaSerial = input.text('mfa-serial');
  const region = target.input.region && access.value.region;
  const opening = { target, region, input, context, ...LOOKING };
  const side = await sourceSide(access.value, opening);
  const outsider = await outsiderSide(region, input, context);
  // What a proof of the source can do without.
  const openTarget = () => openNamed('target', opening);
  const report = await verify(
    access.value,
    {
      sessions: side.sessions,
      clock: context.clock,
      reporter: context.reporter,
      target: openTarget,
      diagnosis: openDiagnosis({ source: side, target: openTarget }, context),
      ...(outsider && { outsider: outsider.sessions }),
    },
    {
      skip: skipsOf(input),
      waitMs: waitMsOf(input, WAIT_SECONDS),
      justChanged: false,
      allowSameAccount: input.isSet('same-account'),
      sourceAccount,
      isThorough: input.isSet('thorough'),
      permissions: declaredPermissions(target.input, access.value),
      isMeasuring: input.isSet('measure-duration'),
      declared: {
        maxSessionSeconds,
        mfa: target.input.requireMfa?.value ?? false,
        hasNoId: saysNoId(target.input),
        orgId: target.input.orgId?.value,
        trusted: trustedIn(target, access.value),
        hasOtherId: target.flags.externalId !== undefined,
      },
      ...(mfaSerial !== undefined && { mfaDevice: mfaSerial.value }),
      ...(expectedRunSeconds !== undefined && { expectedRunSeconds }),
      signal: context.signal,
    },
  );
  const known = { access: access.value, callerArn: report.source.arn, name: target.inFile ? target.input.name : null };
  const profile = report.cause === null ? undefined : await targetProfile(target, input, context);
  const cause =
    report.cause &&
    completeCause(report.cause, { ...known, profile, asking: askingFlags(input), admin: input.text('target-profile')?.value });
  return { name: target.input.name, access: access.value, report: { ...report, cause } };
};

/** An error is an answer of verify's, too: it names the one cause. Throws XacctError. */
export const verifyTarget = async (target: Target, input: Input, context: Context): Promise<Proved> => {
  try {
    return await proveTarget(target, input, context);
  } catch (error) {
    if (isXacctError(error)) {
      const cause = (await context.diagnosis()).ofError(error);
      if (cause !== undefined) error.named = cause;
    }
    throw error;
  }
};
