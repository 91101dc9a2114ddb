/** What a command asks of its flags where no xacct.yaml is. */
import { isTargetName } from '#domain/config.ts';
import { problem, type Hint } from '#domain/diagnostic.ts';
import { saysPermissions } from '#domain/said-permissions.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Needs } from './file-spec.ts';

const MAKE_ONE: Hint = { text: 'make one', command: 'xacct init' };

const isDescribed = (flags: SpecInput, needs: Needs): boolean =>
  needs === 'role' ||
  flags.roleArn !== undefined ||
  (needs === 'access' ? flags.targetAccount !== undefined : saysPermissions(flags));

const FROM_FLAGS: Readonly<Record<Needs, readonly (readonly [flag: string, value: string])[]>> = {
  role: [],
  access: [['--role-arn', 'arn:aws:iam::222222222222:role/xacct-terraform']],
  spec: [
    ['--target-account', '222222222222'],
    ['--trust', 'arn:aws:iam::111111111111:role/ci'],
    ['--preset', 's3-bucket:NAME'],
  ],
};

/** For --all. */
export const nothingToTake = (): XacctError =>
  new XacctError(problem('USAGE', '--all takes every target of xacct.yaml, and there is no such file', { hints: [MAKE_ONE] }));

/** Throws XacctError where the flags are of no set-up, or are of several. */
export const expectDescribed = (
  input: Input,
  flags: SpecInput,
  { name, needs, mayBeNew = false }: { readonly name: string; readonly needs: Needs; readonly mayBeNew?: boolean },
): void => {
  if (input.targets.length > 1)
    throw new XacctError(problem('USAGE', `several targets need an xacct.yaml that describes them: ${input.targets.join(', ')}`));
  const [target] = input.targets;
  // It will be a key of the new file.
  if (target !== undefined && !isTargetName(target))
    throw new XacctError(
      problem('INVALID_VALUE', `"${target}" is no name for a target: letters, digits, - and _ are allowed`, {}),
    );
  if (mayBeNew || isDescribed(flags, needs)) return;
  const again = [name, ...input.typed];
  const missing = FROM_FLAGS[needs].filter(([flag]) => !input.typed.includes(flag)).flat();
  const whom = target === undefined ? '' : ` that describes ${target}`;
  throw new XacctError(
    problem('USAGE', `there is no xacct.yaml${whom} here or in a folder above`, {
      hints: [
        MAKE_ONE,
        { text: 'or name the file', command: commandLine([...again, '--config', 'FILE']) },
        { text: 'or say by flags what it would', command: commandLine([...again, ...missing]) },
      ],
    }),
  );
};
