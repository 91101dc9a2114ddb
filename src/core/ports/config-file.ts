/** xacct.yaml on disk: read as plain data with the line of every key, and edited without losing a comment. */
import type { Config, ConfigPath, ConfigValue, Locate } from '#domain/config.ts';
import type { PlanFile } from '#domain/plan-file.ts';
import type { Result } from '#domain/result.ts';

export type PlacedValue = readonly [path: ConfigPath, value: ConfigValue | null];

export interface ConfigSource {
  /** Absolute. */
  readonly path: string;
  /** Plain data: maps, lists, scalars. */
  readonly data: unknown;
  readonly text: string;
  /** Whether the key or item itself is there. */
  has(path: ConfigPath): boolean;
  /** `xacct.yaml:12:5` for a key or value, or for the nearest parent that is there. */
  locate(path: ConfigPath): string;
  /** The file with these values set, each at a place of its own; comments and everything else stay. */
  withValues(values: readonly PlacedValue[]): ConfigSource;
}

export interface ConfigReader {
  /** Throws XacctError INVALID_CONFIG when the text is not YAML. */
  parse(text: string, path: string): ConfigSource;
  /** Against the schema of xacct.yaml: every problem at once, each with its line. */
  check(data: unknown, locate: Locate): Result<Config>;
  /** Another file, called `name`: a plan, each of its values as a person could have said it. */
  parsePlan(text: string, name: string): Result<PlanFile>;
}
