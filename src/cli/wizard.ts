/** The wizard of init: asks for what no flag said, and answers with the same flags, so that there is one way on from here. */
import { formatRoleArn, parseSessionArn } from '#domain/arn.ts';
import { describeSource } from '#domain/credential-source.ts';
import type { Diagnostic } from '#domain/diagnostic.ts';
import * as field from '#domain/fields.ts';
import type { Field } from '#domain/fields.ts';
import { parsePolicyDocument } from '#domain/policy-document.ts';
import { isSsoRole } from '#domain/principal.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { Result } from '#domain/result.ts';
import { DEFAULTS } from '#domain/spec-input.ts';
import type { CallerIdentity } from '#core/ports/sessions.ts';
import type { Prompter } from '#core/ports/prompter.ts';
import { withAnswers, type Answers } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { policiesOf } from './flag-spec.ts';
import { wrap } from './render/statement.ts';
import { chooseCredentials, openSide } from './sides.ts';

const whyNot = <T>(result: Result<T>): string | undefined => {
  const [first] = result.ok ? ([] as readonly Diagnostic[]) : result.diagnostics;
  if (first === undefined) return undefined;
  return first.message;
};

const checked =
  <T>(parse: Field<T>) =>
  (value: string): string | undefined =>
    whyNot(parse({ value, place: 'answer' }));

const DEFAULT_CHAIN = '(default chain)';
const NONE = '(none)';

/** The line of why, broken at words instead of at the edge of the terminal. */
const wrapped = (prompter: Prompter, width: number): Prompter => {
  const fold = <Q extends { readonly why: string }>(question: Q): Q => ({
    ...question,
    why: wrap(question.why, width).join('\n'),
  });
  return {
    input: (question) => prompter.input(fold(question)),
    select: (question) => prompter.select(fold(question)),
    confirm: (question) => prompter.confirm(fold(question)),
  };
};

interface Asking {
  readonly prompter: Prompter;
  readonly context: Context;
  readonly answers: Map<string, string>;
  /** The input with the answers so far. */
  readonly now: () => Input;
}

const askProfile = async (side: 'target' | 'source', asking: Asking): Promise<void> => {
  const { context, prompter, answers, now } = asking;
  if (now().text(`${side}-profile`)) return;
  const profiles = await (await context.aws()).listProfiles();
  if (profiles.length === 0) return;
  const isTarget = side === 'target';
  const other = isTarget ? DEFAULT_CHAIN : NONE;
  const answer = await prompter.select({
    message: isTarget ? 'Which credentials administer the target account?' : 'Which credentials will run Terraform (the source)?',
    why: isTarget
      ? 'xacct makes the role with them. The default chain is what the AWS CLI uses without --profile.'
      : 'Used to find out who will assume the role, and to prove that it works. Nothing is changed there.',
    default: other,
    choices: [other, ...profiles.filter((name) => name !== now().text('target-profile')?.value)].map((value) => ({
      value,
      label: value,
    })),
  });
  if (answer !== other) answers.set(`${side}-profile`, answer);
};

const identityOf = async (side: 'target' | 'source', asking: Asking): Promise<CallerIdentity | undefined> => {
  const { context, now } = asking;
  const input = now();
  const credentials = await chooseCredentials({ side, hint: undefined, isMain: side === 'target' }, input, context);
  if (credentials === undefined) return undefined;
  const aws = await openSide(credentials, input.text('region')?.value, input, context);
  const who = await aws.sessions.identity();
  context.say(`  ${context.paint.dim(`${who.arn} (${describeSource(credentials)})`)}\n`);
  return who;
};

/** `self` is a good default for a user or an ordinary role; a person's SSO session is not the pipeline. */
const defaultTrust = (source: CallerIdentity | undefined): string | undefined => {
  if (source === undefined) return undefined;
  const session = parseSessionArn(source.arn);
  if (session === undefined) return 'self';
  return isSsoRole(session.roleName) ? undefined : 'self';
};

const askTrust = async (source: CallerIdentity | undefined, { prompter, answers, now }: Asking): Promise<void> => {
  if (now().list('trust')) return;
  const suggestion = defaultTrust(source);
  const account = source?.account ?? '111111111111';
  const example = formatRoleArn({ partition: 'aws', account, path: '/', name: 'ci' });
  const answer = await prompter.input({
    message: 'Who may assume the role?',
    why: `${source === undefined ? 'An' : "self is the source's own user or role. Or an"} ARN (${example}), or an account id for everyone whom that account lets.`,
    ...(suggestion !== undefined && { default: suggestion }),
    check: (value) =>
      value === 'self' && source === undefined
        ? "self needs the source's credentials, and none were chosen: name an ARN or an account id"
        : whyNot(parsePrincipal({ value, place: 'answer' })),
  });
  answers.set('trust', answer);
};

const askExternalId = async ({ prompter, answers, now }: Asking): Promise<void> => {
  if (now().list('external-id')) return;
  const choice = await prompter.select({
    message: 'External ID?',
    why: 'A shared word that the source must send: it keeps others who may use the source from reaching your role by mistake.',
    default: 'generate',
    choices: [
      { value: 'generate', label: 'generate one (kept on later runs)' },
      { value: 'given', label: 'use one that you have' },
      { value: 'none', label: 'none' },
    ],
  });
  const answer =
    choice === 'given'
      ? await prompter.input({
          message: 'The external ID:',
          why: '2 to 1224 characters, no spaces.',
          check: checked(field.parseExternalId),
        })
      : choice;
  answers.set('external-id', answer);
};

/** A file that is missing or no policy is asked for again, not after ten questions. */
const whyNoPolicy = async (value: string, context: Context): Promise<string | undefined> => {
  const [policy] = policiesOf([{ value, place: 'answer' }]);
  const text = policy && (await context.files.read(context.files.resolve(context.cwd, policy.file.value)).catch(() => undefined));
  if (text === undefined) return `there is no file ${policy?.file.value ?? value} that can be read`;
  return whyNot(parsePolicyDocument(text, 'identity'));
};

const askPermissions = async (asking: Asking): Promise<void> => {
  const { prompter, answers, now, context } = asking;
  const input = now();
  if (input.list('policy') || input.list('policy-arn') || input.text('permissions')) return;
  const choice = await prompter.select({
    message: 'What may the role do in the target account?',
    why: 'Least privilege: a JSON policy of yours. The role can be given more later, by running init again.',
    default: 'policy',
    choices: [
      { value: 'policy', label: 'a JSON policy file' },
      { value: 'policy-arn', label: 'a managed policy that exists, by ARN' },
      { value: 'none', label: 'nothing yet' },
    ],
  });
  if (choice === 'none') {
    answers.set('permissions', 'none');
    return;
  }
  if (choice === 'policy-arn') {
    const question = { message: 'ARN of the policy:', why: 'For example arn:aws:iam::aws:policy/ReadOnlyAccess' };
    answers.set('policy-arn', await prompter.input({ ...question, check: checked(field.parseAttachedPolicy) }));
    return;
  }
  const file = await prompter.input({
    message: 'The JSON file:',
    why: 'A policy document, for example ./s3.json. NAME=FILE names the policy.',
    check: (value) => whyNoPolicy(value, context),
  });
  answers.set('policy', file);
};

const askText = async (
  flag: string,
  question: Parameters<Prompter['input']>[0],
  { answers, prompter, now }: Asking,
): Promise<void> => {
  if (now().text(flag)) return;
  const answer = await prompter.input(question);
  if (answer !== question.default || flag === 'region') answers.set(flag, answer);
};

/** Throws XacctError when credentials do not work: better here than after ten questions. */
export const askForInit = async (input: Input, context: Context): Promise<Answers> => {
  const answers = new Map<string, string>();
  const asking: Asking = {
    prompter: wrapped(await context.prompter(), context.width),
    context,
    answers,
    now: () => withAnswers(input, answers),
  };
  await askProfile('target', asking);
  await identityOf('target', asking);
  await askProfile('source', asking);
  await askTrust(await identityOf('source', asking), asking);
  await askExternalId(asking);
  await askPermissions(asking);
  await askText(
    'role-name',
    {
      message: 'Name of the role:',
      why: 'The same name in every target makes its ARN easy to know.',
      default: DEFAULTS.roleName,
      check: checked(field.parseRoleName),
    },
    asking,
  );
  const aws = await context.aws();
  const profile = asking.now().text('target-profile')?.value;
  const configured = await aws.configuredRegion(profile === undefined ? { kind: 'default' } : { kind: 'profile', name: profile });
  await askText(
    'region',
    {
      message: 'Region of the provider:',
      why: 'Where Terraform will work; roles are the same in every region.',
      default: configured ?? 'us-east-1',
      check: checked(field.parseRegion),
    },
    asking,
  );
  return answers;
};
