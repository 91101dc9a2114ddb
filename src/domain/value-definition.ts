/** What is said of each value that a person can give. */
/** How xacct.yaml writes a value. A `map` is one of names to texts; in `tags` a name may stand without one, and in `files` the texts are files. */
export type Kind = 'text' | 'account' | 'duration' | 'file' | 'switch' | 'list' | 'one-or-list' | 'map' | 'tags' | 'files';

export interface ValueDefinition {
  readonly kind: Kind;
  /** Without `--`; the variable is XACCT_ and the same in capitals. */
  readonly flag: string;
  /** What the help shows for the value; a switch takes none. */
  readonly takes?: string;
  /** Where it stands in xacct.yaml, at the top or in a target; absent: flags alone say it. */
  readonly key?: string;
  /** For the help of the flag and for an editor that completes the key; the default is added to it. */
  readonly about: string;
  /** What is meant where nobody says it; absent: that depends on more than this value. */
  readonly default?: string;
  /** Absent: any that the parser takes. */
  readonly choices?: readonly string[];
}

/** How many texts a value of a kind is. */
export const SHAPES = {
  text: 'one',
  account: 'one',
  duration: 'one',
  file: 'one',
  switch: 'switch',
  list: 'many',
  'one-or-list': 'many',
  map: 'many',
  tags: 'many',
  files: 'many',
} as const satisfies Record<Kind, 'one' | 'many' | 'switch'>;

export type ShapeOfKind = typeof SHAPES;
