/** xacct presets: what can be asked for by name, and what each allows. Offline; asks nobody. */
import * as field from '#domain/fields.ts';
import { partitionOfRegion } from '#domain/partition.ts';
import { settlePermissions } from '#domain/permissions.ts';
import { policyNameFor } from '#domain/policy-name.ts';
import type { Preset, PresetPlace } from '#domain/preset.ts';
import { exampleOf, formOf, parsePreset, PRESETS } from '#domain/presets.ts';
import type { Result } from '#domain/result.ts';
import type { GivenText } from '#domain/spec-input.ts';
import { VALUES } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { CommandDefinition, Input, Outcome } from '#cli/command.ts';
import type { Context } from '#cli/context.ts';
import { renderPreset, renderPresets } from '#cli/render/presets.ts';

/** Stands for the account that a person has not named; AWS's own documentation uses such ids. */
const SOME_ACCOUNT = '222222222222';

const told = <T>(result: Result<T>): T => {
  if (!result.ok) throw XacctError.of(result.diagnostics);
  return result.value;
};

const placeOf = (input: Input): PresetPlace => {
  const value = <T>(flag: string, parse: field.Field<T>, fallback: string): T => {
    const given: GivenText = input.text(flag);
    return told(parse(given ?? { value: fallback, place: 'default' }));
  };
  const boundary = input.text('permissions-boundary');
  return {
    partition: partitionOfRegion(value('region', field.parseRegion, 'us-east-1'))?.id ?? 'aws',
    account: value('target-account', field.parseAccount, SOME_ACCOUNT),
    role: {
      name: value('role-name', field.parseRoleName, VALUES.roleName.default),
      path: value('path', field.parsePath, VALUES.path.default),
    },
    boundary: boundary && told(field.parseAttachedPolicy(boundary)),
  };
};

const summaryOf = (preset: Preset) => ({
  name: preset.name,
  form: formOf(preset),
  about: preset.about,
  argument: preset.argument && {
    name: preset.argument.name,
    isRequired: preset.argument.isRequired,
    example: preset.argument.example,
  },
  notes: preset.notes,
  unrecorded: preset.unrecorded,
});

/** A name alone is shown with the argument of its example. */
const withExample = (text: string): string => {
  const preset = PRESETS.find(({ name }) => name === text);
  return preset?.argument?.isRequired === true ? exampleOf(preset) : text;
};

const showOne = (named: string, input: Input, context: Context): Outcome => {
  const text = withExample(named);
  const request = told(parsePreset({ value: text, place: 'the preset' }));
  const place = placeOf(input);
  const wanted = { presets: [text], policies: [], policyArns: [], isAdminAllowed: true };
  const settled = told(settlePermissions(wanted, place));
  const policies = settled.policies.map(({ name, document }) => ({ name: policyNameFor(place.role.name, name), document }));
  return {
    status: 0,
    text: renderPreset(request.preset, { ...settled, policies }, context),
    result: { preset: { ...summaryOf(request.preset), policies, policyArns: settled.policyArns } },
  };
};

export const presetsCommand: CommandDefinition = {
  options: [
    { flags: '--target-account <id>', about: `the account of the role (default: ${SOME_ACCOUNT}, to look at)` },
    { flags: '--role-name <name>', about: `the role that would get it (default: ${VALUES.roleName.default})` },
    { flags: '--path <path>', about: 'the path of the role (default: /)' },
    { flags: '--permissions-boundary <arn>', about: "the role's permissions boundary, with which power-user may make roles" },
    { flags: '--region <region>', about: 'any region of the partition (default: us-east-1)' },
  ],
  examples: [
    ['xacct presets', 'the list'],
    ['xacct presets s3-bucket:my-bucket-in-account-b', 'what it allows, and the policy as JSON'],
  ],
  run: async (input, context) => {
    const [named] = input.targets;
    if (named !== undefined) return showOne(named, input, context);
    return { status: 0, text: renderPresets(PRESETS, context), result: { presets: PRESETS.map(summaryOf) } };
  },
};
