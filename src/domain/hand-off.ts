/**
 * A hand-off: one step that the other account's administrator is asked to do, as a file. It is text of a stranger: whatever is not
 * exactly one of the steps below, as xacct itself writes it, is refused with what is too much. It holds no secrets; an external ID is
 * none: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
import * as v from 'valibot';
import { parseRoleArn, parseUserArn } from './arn.ts';
import { GRANT_ACTIONS } from './compile-source.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import { readJson } from './json-text.ts';
import { isSsoRole } from './principal.ts';
import { parsePrincipal } from './principal-request.ts';
import { fail, ok, type Result } from './result.ts';

const texts = v.array(v.string());

const grant = v.strictObject({
  kind: v.literal('grant'),
  /** A user or role of the source. */
  principal: v.string(),
  roleArn: v.string(),
  actions: texts,
});

const makeRole = v.strictObject({
  kind: v.literal('make-role'),
  sourceAccount: v.string(),
  targetAccount: v.string(),
  roleName: v.string(),
  path: v.string(),
  maxSessionSeconds: v.number(),
  trust: texts,
  externalIds: texts,
  conditions: v.strictObject({
    mfa: v.boolean(),
    sourceIps: texts,
    orgId: v.nullable(v.string()),
    orgPaths: texts,
    sourceIdentities: texts,
    sessionNamePrefix: v.nullable(v.string()),
    /** With any value where it is null. */
    sessionTags: v.record(v.string(), v.nullable(v.string())),
  }),
});

const document = v.strictObject({
  schema: v.literal(1),
  kind: v.literal('xacct-handoff'),
  step: v.variant('kind', [grant, makeRole]),
});

export type GrantStep = v.InferOutput<typeof grant>;
export type MakeRoleStep = v.InferOutput<typeof makeRole>;
export type HandOffStep = GrantStep | MakeRoleStep;

/** The one text of a step: whatever differs from it is not what xacct wrote. */
export const formatHandOff = (step: HandOffStep): string =>
  `${JSON.stringify({ schema: 1, kind: 'xacct-handoff', step }, null, 2)}\n`;

const MAX_CHARACTERS = 16_384;

const refused = (place: string, message: string): Diagnostic =>
  problem('INVALID_HANDOFF', message, {
    path: place,
    hints: [{ text: 'carry nothing of it out; ask for the file again, and compare its SHA-256 by another channel' }],
  });

type Issue = v.BaseIssue<unknown>;

const sayIssue = (issue: Issue): string => {
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.') || 'the file';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${path} is too much: a hand-off has no such key`;
  if (issue.received === 'undefined') return `${path} is missing`;
  return `${path} is ${issue.received}, and ${issue.expected ?? 'something else'} is expected`;
};

/** A path may hold any printable character; in a policy's Resource some of them would stand for many roles. */
const isPlain = (arn: string): boolean => !/[*?$]/.test(arn);

const grantFaults = ({ principal, roleArn, actions }: GrantStep): readonly string[] => {
  const role = isPlain(roleArn) ? parseRoleArn(roleArn) : undefined;
  const who = isPlain(principal) ? (parseRoleArn(principal) ?? parseUserArn(principal)) : undefined;
  const isElse = who && role && (who.account === role.account || who.partition !== role.partition);
  const extra = actions.filter((action) => !GRANT_ACTIONS.some((known) => known === action));
  return [
    ...(role ? [] : [`step.roleArn "${roleArn}" is not the ARN of one role`]),
    ...(who ? [] : [`step.principal "${principal}" is not the ARN of one user or role`]),
    ...(who && (isSsoRole(who.name) || who.path.startsWith('/aws-service-role/'))
      ? [`step.principal "${principal}" is a role whose policies AWS writes`]
      : []),
    ...(isElse ? ['step.principal and step.roleArn are not of two accounts of one partition'] : []),
    ...extra.map((action) => `step.actions "${action}" is too much: ${GRANT_ACTIONS.join(', ')} may be granted`),
    ...(actions.includes('sts:AssumeRole') ? [] : ['step.actions lacks sts:AssumeRole']),
    ...(new Set(actions).size === actions.length ? [] : ['step.actions names one twice']),
  ];
};

/** Users, roles, roots and permission sets of the source: whom its administrator may speak for. */
const trustFaults = ({ trust, sourceAccount, targetAccount, externalIds }: MakeRoleStep): readonly string[] => [
  // To a flag they mean something else than an ID that is asked for.
  ...externalIds.filter((id) => id === 'generate' || id === 'none').map((id) => `step.externalIds "${id}" is no external ID`),
  ...(trust.length > 0 ? [] : ['step.trust is empty']),
  ...(sourceAccount === targetAccount ? ['step.sourceAccount and step.targetAccount are one'] : []),
  ...trust.flatMap((name) => {
    const parsed = parsePrincipal({ value: name, place: 'step.trust' });
    if (!parsed.ok) return parsed.diagnostics.map(({ message }) => `step.trust: ${message}`);
    const { value } = parsed;
    const account = value.kind === 'arn' || value.kind === 'sso' ? value.account : undefined;
    return account === sourceAccount
      ? []
      : [`step.trust "${name}" is too much: only principals of the source ${sourceAccount}, by ARN or as sso:ACCOUNT/NAME`];
  }),
];

/** `place` is the file as it was named. */
export const parseHandOff = (text: string, place: string): Result<HandOffStep> => {
  const failed = (...said: readonly string[]): Result<never> => fail(...said.map((message) => refused(place, message)));
  if (text.length > MAX_CHARACTERS) return failed(`it has ${text.length} characters: a hand-off has at most ${MAX_CHARACTERS}`);
  // What looks alike and is not, and what hides: letters of other scripts, marks that turn the direction of text.
  if (!/^[\n\u0020-\u007e]*$/.test(text)) return failed('it has characters beside plain ASCII: a hand-off has none');
  const json = readJson(text);
  if (!json.ok) return failed(`line ${json.fault.line} is not JSON: ${json.fault.message}`);
  if (json.duplicates.length > 0) return failed(...json.duplicates.map(({ path }) => `${path} stands twice`));
  const parsed = v.safeParse(document, json.value);
  if (!parsed.success) return failed(...parsed.issues.map(sayIssue));
  const { step } = parsed.output;
  const faults = step.kind === 'grant' ? grantFaults(step) : trustFaults(step);
  if (faults.length > 0) return failed(...faults);
  // The rest of what a text can be made to hide in: order, spaces, escapes.
  return formatHandOff(step) === text ? ok(step) : failed('it is not written as xacct writes it: it was changed on its way');
};
