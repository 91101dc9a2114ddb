/** What the kinds of `xacct emit` are given, and what they give back. Types, and the lines that mark files as ours. */
import type { Access } from '#domain/access.ts';
import type { Desired } from '#domain/desired.ts';
import type { Spec } from '#domain/spec.ts';
import type { Markers } from './shared-file.ts';

export interface EmittedFile {
  readonly path: string;
  readonly content: string;
}

/** A target whose role is only entered. */
export interface EnteredTarget {
  readonly name: string;
  readonly access: Access;
  /** The name of the source's profile on this machine, where the file has one. */
  readonly sourceProfile: string | undefined;
  readonly needsMfa: boolean;
}

/** A target with all that is made for it. */
export interface MadeTarget {
  readonly name: string;
  readonly spec: Spec;
  readonly desired: Desired;
}

export const markersOf = (command: string): Markers => ({
  begin: `# Made by xacct ${command}: change its source and emit it again.`,
  end: `# End of what xacct ${command} made.`,
});

/** `dev` as the id of a resource: letters, digits and _ only, a letter first. */
export const resourceName = (text: string): string => {
  const name = text
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(name) ? name : `role_${name}`;
};

/** Names that differ from one another in the end. */
export const distinctNames = (texts: readonly string[]): readonly string[] => {
  const seen = new Map<string, number>();
  return texts.map((text) => {
    const name = resourceName(text);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
};
