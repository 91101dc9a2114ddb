/** xacct verify: from the source, proves that the role can be assumed and that what must be refused is refused. */
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import type { CredentialSource } from '#domain/credential-source.ts';
import { parseAccess } from '#domain/parse-access.ts';
import { parseAccount, parseMaxSessionDuration, parseRunDuration, parseTimeout, type Field } from '#domain/fields.ts';
import type { GivenText } from '#domain/spec-input.ts';
import { isProved, SKIPPABLE, type Skippable } from '#domain/verify-report.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import { verify } from '#core/verify.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { openDiagnosis } from '#cli/open-diagnosis.ts';
import { eachTarget } from '#cli/each-target.ts';
import {
  ALL,
  option,
  REACHING_AWS,
  ROLE_ARN,
  SESSION,
  SKIP,
  SOURCE_ACCOUNT,
  SOURCE_PROFILE,
  TARGET_ACCOUNT,
  TIMEOUT,
} from '#cli/options.ts';
import { saveProof, type Proved } from '#cli/proof-file.ts';
import { renderVerify } from '#cli/render/verify.ts';
import { renderGithub, renderJunit, renderStepSummary, renderVerifyTable, type Verified } from '#cli/render/verify-formats.ts';
import { metadataSkipped, type TerraformText } from '#cli/metadata-skipped.ts';
import { shadowed } from '#cli/shadowed.ts';
import { chooseCredentials, openSide } from '#cli/sides.ts';
import { viaRolesOf } from '#cli/via-roles.ts';
import { entersThrough } from '#cli/way-in.ts';
import { readTargets, type Target } from '#cli/targets.ts';

/** IAM may need some seconds when somebody just made the role; more is asked for with --timeout. */
const WAIT_SECONDS = 15;

const optional = <T>(parse: Field<T>, given: GivenText): T | undefined => {
  const parsed = given && parse(given);
  if (parsed && !parsed.ok) throw XacctError.of(parsed.diagnostics);
  return parsed?.value;
};

export const skipsOf = (input: Input): readonly Skippable[] =>
  SKIPPABLE.filter((check) => input.list('skip')?.some(({ value }) => value === check));

export const waitMsOf = (input: Input, fallbackSeconds: number): number =>
  (optional(parseTimeout, input.text('timeout')) ?? fallbackSeconds) * 1000;

/** Each only where it is named: what a proof of the source can do without. */
const targetSide = async (target: Target, region: string | undefined, input: Input, context: Context) => {
  const hint = target.inFile?.profile;
  const credentials = await chooseCredentials({ side: 'target', hint, isMain: false }, input, context);
  return credentials && openSide(credentials, region, input, context, viaRolesOf(target.input, region));
};

const outsiderSide = async (region: string | undefined, input: Input, context: Context): Promise<AwsSide | undefined> => {
  const name = input.text('outsider')?.value;
  return name === undefined ? undefined : openSide({ kind: 'profile', name }, region, input, context);
};

/** An error is an answer of verify's, too: it names the one cause. */
const naming = async <T>(context: Context, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (isXacctError(error)) {
      const cause = (await context.diagnosis()).ofError(error);
      if (cause !== undefined) error.named = cause;
    }
    throw error;
  }
};

/** The files that Terraform would read there; a file that cannot be read is not looked at. */
const terraformTexts = async ({ files, cwd }: Context): Promise<readonly TerraformText[]> => {
  const names = (await files.list(cwd)).filter((name) => /\.tf(?:\.json)?$/.test(name));
  return Promise.all(
    names.map(async (name) => ({ name, text: (await files.read(files.resolve(cwd, name)).catch(() => undefined)) ?? '' })),
  );
};

/** What keeps Terraform on this machine from the credentials that are proved. */
const tellObstacles = async (source: CredentialSource, context: Context): Promise<void> => {
  const stands = shadowed(source, context.env);
  if (stands) context.reporter.tell(stands);
  const skipped = source.kind === 'ec2' ? metadataSkipped(await terraformTexts(context)) : undefined;
  if (skipped) context.reporter.tell(skipped);
};

const verifyTarget = async (target: Target, input: Input, context: Context): Promise<Proved> => {
  const access = parseAccess(target.input);
  if (!access.ok) throw XacctError.of(access.diagnostics);
  const sourceAccount = optional(parseAccount, target.input.sourceAccount);
  const maxSessionSeconds = optional(parseMaxSessionDuration, target.input.maxSessionDuration);
  const expectedRunSeconds = optional(parseRunDuration, input.text('expect-run'));
  const credentials = await chooseCredentials({ side: 'source', hint: target.sourceProfile, isMain: true }, input, context);
  await tellObstacles(credentials ?? { kind: 'default' }, context);
  const wayIn = entersThrough(access.value);
  if (wayIn) context.reporter.tell(wayIn);
  const region = target.input.region && access.value.region;
  const side = await openSide(credentials ?? { kind: 'default' }, region, input, context);
  const outsider = await outsiderSide(region, input, context);
  const report = await verify(
    access.value,
    {
      sessions: side.sessions,
      clock: context.clock,
      reporter: context.reporter,
      diagnosis: openDiagnosis({ source: side, target: () => targetSide(target, region, input, context) }, context),
      ...(outsider && { outsider: outsider.sessions }),
    },
    {
      skip: skipsOf(input),
      waitMs: waitMsOf(input, WAIT_SECONDS),
      justChanged: false,
      allowSameAccount: input.isSet('same-account'),
      sourceAccount,
      isThorough: input.isSet('thorough'),
      isMeasuring: input.isSet('measure-duration'),
      declared: { maxSessionSeconds, mfa: target.input.requireMfa?.value ?? false },
      ...(expectedRunSeconds !== undefined && { expectedRunSeconds }),
      signal: context.signal,
    },
  );
  return { name: target.input.name, access: access.value, report };
};

/** Targets whose calls run at the same time. */
const AT_ONCE = 8;

/** In GitHub Actions the summary of the step is a file that several steps append to. */
const summarise = async (verified: readonly Verified[], context: Context): Promise<void> => {
  const path = context.env['GITHUB_STEP_SUMMARY'];
  if (!path) return;
  await context.files.write(path, `${(await context.files.read(path)) ?? ''}${renderStepSummary(verified)}`);
};

/** A build reads the report, whatever became of the run. */
const isForMachines = (input: Input): boolean => ['junit', 'github'].includes(input.text('format')?.value ?? '');

const formatted = async (outcome: Outcome, input: Input, context: Context): Promise<Outcome> => {
  const { targets } = outcome.result as { readonly targets: readonly Verified[] };
  switch (input.text('format')?.value) {
    case 'junit':
      return { ...outcome, text: renderJunit(targets) };
    case 'github':
      await summarise(targets, context);
      return { ...outcome, text: renderGithub(targets) };
    default:
      return targets.length > 1 ? { ...outcome, text: `${outcome.text}\n${renderVerifyTable(targets)}` } : outcome;
  }
};

export const verifyCommand: CommandDefinition = {
  name: 'verify',
  hasJsonFormat: true,
  about: 'Proves through STS that the role can be assumed, and that what must be refused is refused',
  takesTargets: true,
  options: [
    ROLE_ARN,
    option('externalId', 'the external ID that the trust policy asks for; none: send none'),
    ...SESSION,
    SOURCE_PROFILE,
    { flags: '--target-profile <name>', about: 'credentials of the target account: after a failure its policies are read' },
    {
      flags: '--source <kind>',
      about: 'ec2: the credentials of this instance from its metadata, and nothing else',
      choices: ['ec2'],
    },
    SOURCE_ACCOUNT,
    TARGET_ACCOUNT,
    { flags: '--same-account', about: 'the role is meant to be assumed from its own account' },
    { flags: '--thorough', about: 'every proof, not the default ones alone' },
    { flags: '--outsider <profile>', about: 'credentials of somebody who must not get in' },
    { flags: '--expect-run <duration>', about: 'fail when the source credentials end before a run of 3h, 90m, …' },
    { flags: '--measure-duration', about: 'look for the longest session that STS gives' },
    SKIP,
    {
      flags: '--format <format>',
      about: 'human (default), json, junit (XML), github (annotations and a step summary)',
      choices: ['human', 'json', 'junit', 'github'],
    },
    TIMEOUT,
    ...REACHING_AWS,
    ALL,
  ],
  examples: [
    [
      'xacct verify --role-arn arn:aws:iam::222222222222:role/xacct-terraform --external-id 7f3c…',
      'from flags alone, with the credentials at hand',
    ],
    ['xacct verify dev --source-profile ci', 'a target of xacct.yaml, as the profile ci'],
  ],
  run: async (input, context) => {
    const { targets, loaded } = await readTargets(input, context, { name: 'verify', needs: 'access' });
    const outcome = await eachTarget(
      targets,
      context,
      async (target, its) => {
        const proved = await naming(its, () => verifyTarget(target, input, its));
        if (loaded !== undefined && target.inFile !== undefined) await saveProof(proved, loaded.source.path, its);
        const { report } = proved;
        const text = renderVerify(report, context.paint, context.width, input.isSet('verbose'));
        return { status: isProved(report) ? 0 : 1, text, entry: report };
      },
      { atOnce: AT_ONCE, isAlwaysListed: isForMachines(input) },
    );
    return formatted(outcome, input, context);
  },
};
