/** The permission presets: the list, how a person names one, and what several of them come to for one role. */
import { problem } from './diagnostic.ts';
import type { Field } from './fields.ts';
import { admin, powerUser } from './preset-account.ts';
import { s3Bucket, s3Prefix } from './preset-s3.ts';
import { readOnly, tfState } from './preset-state.ts';
import type { Preset, PresetPermissions, PresetPlace } from './preset.ts';
import { fail, ok } from './result.ts';

/** From the narrowest to the widest. */
export const PRESETS: readonly Preset[] = [s3Bucket, s3Prefix, tfState, readOnly, powerUser, admin];

/** `s3-bucket:NAME`, `read-only[:BUCKET[/KEY]]`, `admin` */
export const formOf = ({ name, argument }: Preset): string => {
  if (argument === null) return name;
  return argument.isRequired ? `${name}:${argument.name}` : `${name}[:${argument.name}]`;
};

export const exampleOf = ({ name, argument }: Preset): string => (argument === null ? name : `${name}:${argument.example}`);

export interface PresetRequest {
  readonly preset: Preset;
  readonly argument: string | undefined;
}

export const parsePreset: Field<PresetRequest> = ({ value, place }) => {
  const colon = value.indexOf(':');
  const name = colon < 0 ? value : value.slice(0, colon);
  const argument = colon < 0 ? undefined : value.slice(colon + 1);
  const refuse = (reason: string, text: string, command: string) =>
    fail(problem('INVALID_VALUE', `"${value}" ${reason}`, { path: place, hints: [{ text, command }] }));
  const preset = PRESETS.find((one) => one.name === name);
  if (preset === undefined)
    return refuse(
      `is no preset: there are ${PRESETS.map((one) => one.name).join(', ')}`,
      'see what each allows',
      'xacct presets',
    );
  const example = `xacct init --preset ${exampleOf(preset)}`;
  if (preset.argument === null)
    return argument === undefined ? ok({ preset, argument }) : refuse(`takes nothing after ${name}`, 'leave it out', example);
  if (argument === undefined)
    return preset.argument.isRequired
      ? refuse(`needs its ${preset.argument.name}`, `write ${formOf(preset)}`, example)
      : ok({ preset, argument });
  if (!preset.argument.pattern.test(argument)) return refuse(`does not end in ${preset.argument.what}`, 'for example', example);
  return ok({ preset, argument });
};

/** The text itself, once it names a preset. */
export const parsePresetText: Field<string> = (given) => {
  const parsed = parsePreset(given);
  return parsed.ok ? ok(given.value) : parsed;
};

/** A preset that is named several times becomes one policy for all its arguments: an account allows a role ten attachments by default. */
export const permissionsOf = (requests: readonly PresetRequest[], place: PresetPlace): PresetPermissions => {
  const args = new Map<Preset, Set<string>>();
  for (const { preset, argument } of requests) {
    const known = args.get(preset) ?? new Set();
    if (argument !== undefined) known.add(argument);
    args.set(preset, known);
  }
  const made = [...args].map(([preset, values]) => preset.permissions([...values], place));
  return {
    policies: made.flatMap(({ policies }) => policies),
    policyArns: [...new Set(made.flatMap(({ policyArns }) => policyArns))],
  };
};

/** Whether one of them lets the role make roles of its own, under a permissions boundary. */
export const makesRoles = (presets: readonly string[]): boolean =>
  PRESETS.some(({ name, makesRoles: makes }) => makes === true && presets.includes(name));
