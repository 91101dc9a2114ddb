/** What a session is to carry besides its name: tags, which of them go on to the next role, and a source identity. */
import { problem } from '#domain/diagnostic.ts';
import { XacctError } from '#domain/xacct-error.ts';
import type { GivenList } from '#domain/spec-input.ts';
import type { Input, OptionDefinition } from './command.ts';

export interface Carried {
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
}

export const CARRIED: readonly OptionDefinition[] = [
  { flags: '--session-tag <key=value>', about: 'a session tag', isRepeatable: true },
  { flags: '--transitive-tag <key>', about: 'a session tag that goes on to the next role', isRepeatable: true },
  { flags: '--source-identity <name>', about: 'who acts, for CloudTrail; it goes on to the next role' },
];

/** Throws INVALID_VALUE. */
export const pairsOf = (given: GivenList): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (given ?? []).map(({ value, place }) => {
      const at = value.indexOf('=');
      if (at > 0) return [value.slice(0, at), value.slice(at + 1)] as const;
      throw new XacctError(
        problem('INVALID_VALUE', `"${value}" is no tag`, { path: place, hints: [{ text: 'write it as Key=Value' }] }),
      );
    }),
  );

/** Throws INVALID_VALUE. */
export const carriedOf = (input: Input): Carried => {
  const tags = pairsOf(input.list('session-tag'));
  const transitive = input.list('transitive-tag')?.map(({ value }) => value);
  const sourceIdentity = input.text('source-identity')?.value;
  return {
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(transitive && { transitiveTagKeys: transitive }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
};
