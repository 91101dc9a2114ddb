/** What a rule demands of a role that is made, as the flags that say it: of the target's role, or of one of the source. Pure. */
import { parseArn, parseRoleArn } from '#domain/arn.ts';
import type { Hint } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { SourceWish } from '#domain/source-wish.ts';
import { VALUES } from '#domain/values.ts';

/** The words of a command line for each demand; undefined: no flag says it. */
export interface MakingFlags {
  readonly boundary: ((arn: string) => readonly string[]) | undefined;
  readonly name: ((name: string) => readonly string[]) | undefined;
  readonly path: ((path: string) => readonly string[]) | undefined;
  readonly tag: ((key: string, value: string) => readonly string[]) | undefined;
  /** Where no flag says it. */
  readonly otherwise: readonly Hint[];
}

export const initWith = (...words: readonly string[]): string => ['xacct init', ...words.map(shellWord)].join(' ');

export const TARGET_FLAGS: MakingFlags = {
  boundary: (arn) => [`--${VALUES.permissionsBoundary.flag}`, arn],
  name: (name) => [`--${VALUES.roleName.flag}`, name],
  path: (path) => [`--${VALUES.path.flag}`, path],
  tag: (key, value) => [`--${VALUES.tags.flag}`, `${key}=${value}`],
  otherwise: [],
};

const NO_FLAGS: MakingFlags = { boundary: undefined, name: undefined, path: undefined, tag: undefined, otherwise: [] };

/** Roles of the source lie at /, with the tags of xacct alone. */
const madeBy = (name: MakingFlags['name'], otherwise: Hint): MakingFlags => ({
  ...NO_FLAGS,
  boundary: (arn) => [`--${VALUES.sourcePermissionsBoundary.flag}`, arn],
  name,
  otherwise: [otherwise],
});

/** By the ARN of what was refused; whom leave is given is of others, and made otherwise by nobody here. */
export const sourceFlags = ({ hub, instances }: SourceWish, refused: string): MakingFlags => {
  const name = parseRoleArn(refused)?.name;
  if (name !== undefined && name === hub?.role.name)
    return madeBy((wanted) => [`--${VALUES.hubRole.flag}`, wanted], {
      text: `or let whoever may make the role ${name} at the path / as the rule wants it, and take it over`,
      command: initWith('--adopt'),
    });
  if (name !== undefined && instances.some(({ role, makesRole }) => makesRole && role.name === name))
    return madeBy((wanted) => [`--${VALUES.trust.flag}`, `ec2:${wanted}`], {
      text: 'or let whoever may make a role of instances as the rule wants it, and name it: it is taken as it is',
      command: initWith(`--${VALUES.trust.flag}`, 'ec2:NAME'),
    });
  return NO_FLAGS;
};

/** `user jane` */
export const sayWhat = (arn: string): string => parseArn(arn)?.resource.replace('/', ' ') ?? arn;
