/** Which targets a command is about, and what flags and file together say of each. */
import { note, problem } from '#domain/diagnostic.ts';
import { textAt, valueAt, type ConfigTarget } from '#domain/config.ts';
import { formatRoleArn, parseRoleArn } from '#domain/arn.ts';
import { grantNameFor } from '#domain/desired.ts';
import { roleOfAnother } from '#domain/named-role.ts';
import { halfName, HALVES, type Half } from '#domain/pair.ts';
import { layer, unknownUntrusted } from '#domain/layer-input.ts';
import type { GivenList, SpecInput } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { loadConfig, projectOf, specInputFromTarget, type LoadedConfig, type Needs, type Project } from './file-spec.ts';
import { specInputFromFlags } from './flag-spec.ts';
import { partsOf, type PairRun, type Part, type PartOptions } from './pair-run.ts';
import { givesWay } from './gives-way.ts';
import { expectDescribed, nothingToTake } from './without-file.ts';
import { VALUES } from '#domain/values.ts';

export interface Target {
  readonly input: SpecInput;
  /** The part of it that flags and variables said. */
  readonly flags: SpecInput;
  /** Where the target is a pair, and this one half of it. */
  readonly pair: PairRun | undefined;
  /** undefined when flags alone describe it. */
  readonly inFile: ConfigTarget | undefined;
  /** The file's hint for the source's credentials: a name that may not exist on this machine. */
  readonly sourceProfile: string | undefined;
}

/** What the file says of it; nothing without a file. */
export interface Described {
  readonly inFile?: ConfigTarget | undefined;
  readonly loaded?: LoadedConfig | undefined;
}

/** The one way to make a Target: what follows from the file is the same in every command. */
export const targetOf = ({ input, pair }: Part, flags: SpecInput, { inFile, loaded }: Described): Target => ({
  input,
  flags,
  pair,
  inFile,
  // A role that is of no target is entered from where the targets are.
  sourceProfile: (inFile ?? loaded?.targets[0])?.sourceProfile,
});

export interface CommandNeeds {
  readonly name: string;
  readonly needs: Needs;
  /** A file that was named and is not there will be made. */
  readonly mayBeNew?: boolean;
  /** The command has no --all. */
  readonly isForOne?: boolean;
}

export interface Targets extends Project {
  /** At least one. */
  readonly targets: readonly Target[];
}

/** A target of the file; of a pair both halves, unless one was named. */
interface Choice {
  readonly inFile: ConfigTarget;
  readonly half?: Half;
}

const isPairIn = (target: ConfigTarget, input: Input): boolean =>
  input.isSet(VALUES.pair.flag) || valueAt(target.values, VALUES.pair.key) === true;

export const choicesIn = ({ targets }: LoadedConfig, input: Input): readonly Choice[] =>
  targets.flatMap((inFile) => (isPairIn(inFile, input) ? HALVES.map((half) => ({ inFile, half })) : [{ inFile }]));

export const nameOf = ({ inFile, half }: Choice): string => (half === undefined ? inFile.name : halfName(inFile.name, half));

const named = (loaded: LoadedConfig, input: Input): readonly Choice[] => {
  const choices = [...new Set(input.targets)].map((name): Choice => {
    const inFile = loaded.targets.find((target) => target.name === name);
    const found = inFile ? { inFile } : choicesIn(loaded, input).find((choice) => nameOf(choice) === name);
    if (found) return found;
    throw new XacctError(
      problem('USAGE', `there is no target "${name}" in ${loaded.source.path}`, {
        hints: [{ text: `the targets there: ${loaded.targets.map((target) => target.name).join(', ')}` }],
      }),
    );
  });
  // A pair holds its halves.
  const whole = choices.flatMap(({ inFile, half }) => (half === undefined ? [inFile] : []));
  return choices.filter(({ inFile, half }) => half === undefined || !whole.includes(inFile));
};

/** A variable that asks for all gives way to whatever was typed that names one. */
const takesAll = (input: Input): boolean => {
  const isNamed = input.targets.length > 0;
  if (isNamed && input.isTyped('all'))
    throw new XacctError(
      problem('USAGE', `--all takes every target, and ${input.targets.join(', ')} was named`, {
        path: '--all',
        hints: [{ text: 'leave one out' }],
      }),
    );
  return input.isSet('all') && !isNamed && !givesWay(input, 'all', ['role-arn']);
};

const roleNameOf = ({ inFile, half }: Choice): string => {
  const name = textAt(inFile.values, 'role.name') ?? VALUES.roleName.default;
  return half === undefined ? name : halfName(name, half);
};

/** Of every target that the file describes, whether this run is about it or not: what its source lets into its role by. */
export const grantsOf = ({ loaded }: Pick<Project, 'loaded'>, input: Input): readonly string[] =>
  loaded === undefined ? [] : choicesIn(loaded, input).map((choice) => grantNameFor(choice.inFile.account, roleNameOf(choice)));

/** The role of a target, as its ARN would be: without a partition, which the file does not say. */
const isRoleOf = (choice: Choice, roleArn: string): boolean => {
  const { account, values } = choice.inFile;
  const role = { account, path: textAt(values, 'role.path') ?? VALUES.path.default, name: roleNameOf(choice) };
  return roleArn.endsWith(formatRoleArn({ partition: '', ...role }).slice('arn:'.length));
};

const chosen = (loaded: LoadedConfig, input: Input, command: CommandNeeds): readonly Choice[] => {
  const all = loaded.targets.map((inFile) => ({ inFile }));
  if (takesAll(input)) return all;
  if (input.targets.length > 0) return named(loaded, input);
  const roleArn = input.text('role-arn');
  if (roleArn)
    return choicesIn(loaded, input)
      .filter((choice) => isRoleOf(choice, roleArn.value))
      .slice(0, 1);
  if (all.length === 1) return all;
  throw new XacctError(
    problem('USAGE', `which target? ${loaded.source.path} has ${loaded.targets.map(({ name }) => name).join(', ')}`, {
      hints: [
        { text: 'name one', command: commandLine([command.name, loaded.targets[0]?.name ?? '', ...input.typed]) },
        ...(command.isForOne ? [] : [{ text: 'or take all', command: commandLine([command.name, ...input.typed, '--all']) }]),
      ],
    }),
  );
};

/** A half is called like a target, and no two may be called the same. */
const expectOwnNames = (loaded: LoadedConfig, input: Input): void => {
  const names = new Set(loaded.targets.map(({ name }) => name));
  const twice = choicesIn(loaded, input).find((choice) => choice.half !== undefined && names.has(nameOf(choice)));
  if (twice === undefined) return;
  throw new XacctError(
    problem('INVALID_CONFIG', `target ${nameOf(twice)} is called like one half of the pair ${twice.inFile.name}`, {
      path: `${loaded.source.path} targets.${nameOf(twice)}`,
      hints: [{ text: 'call one of the two otherwise' }],
    }),
  );
};

/** Whoever names a target means its role. */
const expectItsRole = (input: SpecInput): void => {
  const role = parseRoleArn(input.roleArn?.value ?? '');
  const faults = role ? roleOfAnother(role, input) : [];
  if (faults.length > 0) throw XacctError.of(faults);
};

/** The account is what a target is: a flag may confirm it, not move it. */
const expectSameAccount = ({ targetAccount }: SpecInput, { name, account }: ConfigTarget, { source }: LoadedConfig): void => {
  if (targetAccount === undefined || targetAccount.value === account) return;
  throw new XacctError(
    problem('WRONG_ACCOUNT', `target ${name} is account ${account}, not ${targetAccount.value}`, {
      path: targetAccount.place,
      hints: [{ text: `another account is another target: add it to ${source.path}` }],
    }),
  );
};

const expectKnown = (unknown: GivenList): void => {
  const [first] = unknown ?? [];
  if (first === undefined) return;
  throw new XacctError(
    problem('USAGE', `${first.value} is not trusted, so it cannot be untrusted`, {
      path: first.place,
      hints: [{ text: 'name it as role.trust or source.trust in xacct.yaml does' }],
    }),
  );
};

/** Whoever stands in a folder below may not know that there is one. */
const tellFoundAbove = ({ source, folder }: LoadedConfig, input: Input, { cwd, files, reporter }: Context): void => {
  if (input.text('config') === undefined && folder !== cwd)
    reporter.tell(
      note('ASSUMED_VALUE', `${files.relative(cwd, source.path)} describes the targets`, [{ text: 'another: --config FILE' }]),
    );
};

/** Flags over file, for each target. Throws XacctError. */
export const readTargets = async (input: Input, context: Context, command: CommandNeeds): Promise<Targets> => {
  const flags = await specInputFromFlags(input, context);
  const loaded = await loadConfig(input, context, command.mayBeNew === true);
  const project = projectOf(loaded, input, context);
  const { needs } = command;
  if (loaded === undefined) {
    if (takesAll(input)) throw nothingToTake();
    expectDescribed(input, flags, command);
    expectKnown(unknownUntrusted(flags, undefined));
    const parts = partsOf(flags, { targets: 1, needs }, context);
    return { ...project, targets: parts.map((part) => targetOf(part, flags, {})) };
  }
  tellFoundAbove(loaded, input, context);
  expectOwnNames(loaded, input);
  const selected = chosen(loaded, input, command);
  if (selected.length === 0) {
    context.reporter.tell(
      note('ASSUMED_VALUE', `${input.text('role-arn')?.value ?? ''} is of no target in ${loaded.source.path}: flags alone count`),
    );
    return { ...project, targets: [targetOf({ input: flags, pair: undefined }, flags, { loaded })] };
  }
  const targets = await Promise.all(
    selected.map(async ({ inFile, half }): Promise<readonly Target[]> => {
      expectSameAccount(flags, inFile, loaded);
      const own = await specInputFromTarget(loaded, inFile, needs, context);
      expectKnown(unknownUntrusted(flags, own));
      const options: PartOptions = { targets: loaded.targets.length, half, needs };
      const parts = partsOf({ ...layer(flags, own), name: inFile.name }, options, context);
      for (const part of parts) expectItsRole(part.input);
      return parts.map((part) => targetOf(part, flags, { inFile, loaded }));
    }),
  );
  return { ...project, targets: targets.flat() };
};
