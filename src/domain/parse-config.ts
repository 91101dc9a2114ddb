/** xacct.yaml against its schema. valibot comes with it, so it is loaded with the reader of the file (host/config-file.ts). */
import * as v from 'valibot';
import { ACCOUNT, mapOf, sectionOf, SHARED_SECTION, TARGET_SECTION, validatorsOf, type Section } from './config-schema.ts';
import { brief } from './brief.ts';
import { isTargetName, type Config, type ConfigPath, type Locate } from './config.ts';
import { problem, type Diagnostic } from './diagnostic.ts';
import { fail, ok, type Result } from './result.ts';

const top = {
  version: v.literal(1, ({ received }) => `the version is ${received}: this xacct reads version 1`),
  ...validatorsOf(SHARED_SECTION),
  targets: v.pipe(
    mapOf(sectionOf({ ...validatorsOf(TARGET_SECTION), account: ACCOUNT }), 'a map of names to targets'),
    v.check((all) => Object.keys(all).length > 0, 'at least one target is needed'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const [name, value] of Object.entries(dataset.value)) {
        if (isTargetName(name)) continue;
        const message = `"${name}" is no name for a target: letters, digits, - and _ are allowed`;
        addIssue({ message, path: [{ type: 'object', origin: 'key', input: dataset.value, key: name, value }] });
      }
    }),
  ),
};

const schema = sectionOf(top);

/** The keys that the map at `path` may have. */
const knownKeys = (path: ConfigPath): string => {
  if (path.length === 0) return Object.keys(top).join(', ');
  const inTarget = path[0] === 'targets' ? path.slice(2) : path;
  const section = inTarget.reduce<Section>((here, key) => {
    const entry = Object.hasOwn(here, key) ? here[String(key)] : undefined;
    return entry?.kind === 'section' ? entry.section : {};
  }, TARGET_SECTION);
  return Object.keys(section).join(', ');
};

const unknownKey = 'strict_object';

/** Every problem at once, each with its line. */
export const parseConfig = (data: unknown, locate: Locate): Result<Config> => {
  const outcome = v.safeParse(schema, data);
  if (outcome.success) return ok(outcome.output as unknown as Config);
  const problems = outcome.issues.map((issue): Diagnostic => {
    const path = (issue.path ?? []).map((item) => item.key as string | number);
    const isUnknownKey = issue.type === unknownKey && issue.expected === 'never';
    const isMissing = issue.type === unknownKey && issue.received === 'undefined';
    const key = brief(path.join('.')) || 'the file';
    const said = isUnknownKey
      ? `${key}: this key is unknown`
      : isMissing
        ? `${key}: this key is missing`
        : `${key}: ${brief(issue.message)}`;
    return problem('INVALID_CONFIG', said, {
      path: locate(path),
      hints: isUnknownKey ? [{ text: `known here: ${knownKeys(path.slice(0, -1))}` }] : [],
    });
  });
  const [first, ...more] = problems;
  return fail(first ?? problem('INVALID_CONFIG', 'the file is not valid'), ...more);
};
