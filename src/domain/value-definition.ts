/** What is said of each value that a person can give. */
import type { Field } from './fields.ts';

/** How xacct.yaml writes a value. A `map` is one of names to texts; in a `tags` map a name may stand without a value. */
export type Kind = 'text' | 'account' | 'duration' | 'switch' | 'list' | 'one-or-list' | 'map' | 'tags';

export interface ValueDefinition {
  readonly kind: Kind;
  /** Without `--`; the variable is XACCT_ and the same in capitals. */
  readonly flag: string;
  /** What the help shows for the value; a switch takes none. */
  readonly takes?: string;
  /** Where it stands in xacct.yaml, at the top or in a target; absent: flags alone say it. */
  readonly key?: string;
  /** For the help of the flag and for an editor that completes the key. */
  readonly about: string;
  /** One text, or one item of a list; of a map one `KEY=VALUE`. */
  readonly parse: Field<unknown>;
}
