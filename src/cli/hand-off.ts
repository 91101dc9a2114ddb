/** `init --handoff FILE`: what the administrator of the other account is to do, written down for `xacct accept`. */
import { formatRoleArn, parseRootArn } from '#domain/arn.ts';
import { GRANT_ACTIONS } from '#domain/compile-source.ts';
import { problem, type Hint } from '#domain/diagnostic.ts';
import { formatHandOff, parseHandOff, type GrantStep, type HandOffStep } from '#domain/hand-off.ts';
import type { Given } from '#domain/fields.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import type { Spec } from '#domain/spec.ts';
import { hubPrincipal } from '#domain/source-wish.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { ownerOf } from '#core/settle-source.ts';
import { commandLine } from './answers.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { givesWay } from './gives-way.ts';
import { told, toldCommand } from './render/hang.ts';
import type { Target } from './targets.ts';
import { expectFree } from './write-out.ts';

export type Direction = HandOffStep['kind'];

const cannot = (message: string, ...hints: readonly Hint[]): XacctError =>
  new XacctError(problem('USAGE', message, { path: '--handoff', hints }));

/** Whoever has the source's credentials alone hands over the role; everybody else works in the target, and hands over the grant. */
export const directionOf = (target: Target, input: Input): Direction => {
  const isNamed = (side: string, other: string): boolean => input.text(side) !== undefined && !givesWay(input, side, [other]);
  const hasSource = isNamed('source-profile', 'target-profile');
  const hasTarget = isNamed('target-profile', 'source-profile');
  if (hasSource && hasTarget)
    throw cannot('the credentials of both sides were named: there is nothing to hand over', {
      text: 'do both at once: --grant-source instead of --handoff',
    });
  if (hasSource && target.input.viaRole)
    throw cannot('--via-role enters the target, and the role is to be handed over: leave one out');
  return hasSource ? 'make-role' : 'grant';
};

/** The users and roles that are to be let in: named ones, or all that are trusted. */
export const grantArns = ({ source: { grantTo } }: SpecRequest, spec: Spec): readonly string[] => {
  if (grantTo.length > 0)
    return grantTo.map((principal) => {
      if (principal.kind === 'arn') return principal.arn;
      throw cannot('for a hand-off, --grant-to takes the ARN of a user or role');
    });
  const { hub } = spec.source;
  const trusted = hub ? [hubPrincipal(hub)] : spec.role.trust;
  return trusted.flatMap((principal) => {
    if (principal.kind === 'aws') return [principal.arn];
    if (principal.kind === 'oidc') return [];
    throw cannot(`the permission set ${principal.permissionSet} gets its policy in IAM Identity Center, not by a hand-off`, {
      text: 'name a user or role, if one is to be let in: --grant-to ARN',
    });
  });
};

const NAME_ONE = { text: 'name one', command: 'xacct init --grant-to arn:aws:iam::111111111111:role/ci --handoff FILE' };

export const grantOf = (principal: string, { partition, targetAccount: account, role }: Spec): GrantStep => {
  if (parseRootArn(principal))
    throw cannot(`${principal} is a whole account: which user or role of it is to be let in?`, NAME_ONE);
  ownerOf(principal);
  const roleArn = formatRoleArn({ partition, account, path: role.path, name: role.name });
  return { kind: 'grant', principal, roleArn, actions: [...GRANT_ACTIONS] };
};

/** Exactly one principal: a file is one step. */
export const grantStepOf = (request: SpecRequest, spec: Spec): GrantStep => {
  const arns = grantArns(request, spec);
  const [principal, ...more] = arns;
  if (principal === undefined) throw cannot('tokens need no leave of a source account: there is nothing to hand over');
  if (more.length > 0)
    throw cannot(`a hand-off lets in one principal, and ${arns.length} are trusted: ${arns.join(', ')}`, NAME_ONE);
  return grantOf(principal, spec);
};

export interface HandedOver {
  readonly file: string;
  readonly sha256: string;
}

const WHO: Readonly<Record<Direction, string>> = {
  grant: 'the administrator of the source',
  'make-role': 'the administrator of the target, who says what the role may do,',
};

/** Throws XacctError. */
export const expectNoOther = (file: Given<string>, context: Context): Promise<void> =>
  expectFree(file, { kind: 'hand-off', isOne: (text) => parseHandOff(text, file.value).ok }, context);

export const writeHandOff = async (step: HandOffStep, { value }: Given<string>, context: Context): Promise<HandedOver> => {
  const text = formatHandOff(step);
  await context.files.write(context.files.resolve(context.cwd, value), text);
  const sha256 = context.digest(text);
  const accept = commandLine(step.kind === 'grant' ? ['accept', value] : ['accept', value, '--preset', 'NAME']);
  context.say(toldCommand(`wrote ${value}: ${WHO[step.kind]} runs`, context.paint.command(accept), context));
  context.say(`  SHA-256 ${context.paint.bold(sha256)}\n`);
  context.say(
    told('  tell them this number by another channel than the file; it holds no secret (an external ID is none)', context),
  );
  return { file: value, sha256 };
};

/** One step for one role is all that a hand-off holds. */
export const expectOneHandOff = (names: readonly string[]): void => {
  if (names.length < 2) return;
  throw new XacctError(
    problem('USAGE', `a hand-off holds what one role needs, and these are several: ${names.join(', ')}`, {
      path: '--handoff',
      hints: [{ text: 'name one of them, and hand over each in a file of its own' }],
    }),
  );
};
