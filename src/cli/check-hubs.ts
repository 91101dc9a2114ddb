/** Targets that are entered by one hub trust the same: the hub knows nobody's target, and lets whoever it trusts into all of them. */
import { problem } from '#domain/diagnostic.ts';
import { arePrincipalsAlike, byLayout } from '#domain/layer-input.ts';
import { halfOf, HALVES, isPair } from '#domain/pair.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { VALUES } from '#domain/values.ts';
import { XacctError } from '#domain/xacct-error.ts';

interface Entered {
  readonly target: string;
  /** As it would be called, were there no pair. */
  readonly usual: string;
  readonly hub: string;
  readonly account: string;
  /** Whom the hub would trust by this target's word. */
  readonly trust: readonly string[];
}

const hubOf = ({ hubRole }: SpecInput): string => hubRole?.value ?? VALUES.hubRole.default;

const enteredBy = (target: SpecInput, targets: number): readonly Entered[] =>
  (isPair(target) ? HALVES.map((half) => halfOf(target, half)) : [target]).flatMap((input) => {
    const { sourceTrust = [], sourceAccount } = byLayout(input, targets);
    if (sourceTrust.length === 0) return [];
    const trust = sourceTrust.map(({ value }) => value);
    return [{ target: target.name, usual: hubOf(target), hub: hubOf(input), account: sourceAccount?.value ?? '', trust }];
  });

const onlyIn = (one: Entered, other: Entered): readonly string[] => {
  const only = one.trust.filter((value) => !other.trust.some((its) => arePrincipalsAlike([value], [its])));
  return only.length === 0 ? [] : [`only ${one.target} ${only.join(', ')}`];
};

const unlike = (one: Entered, other: Entered): XacctError => {
  const { hub, usual, target } = other;
  const said = [...onlyIn(one, other), ...onlyIn(other, one)].join(', ');
  return new XacctError(
    problem(
      'USAGE',
      `${one.target} and ${target} share the hub ${hub}, which lets whoever it trusts into both, and name different ones: ${said}`,
      {
        path: 'source.trust',
        hints: [
          { text: `a hub for each: source.hubRole: ${usual}-${target} in target ${target}` },
          { text: 'or a provider in each: source.layout: direct' },
          { text: 'or the same trust in all of them; by a flag with --all' },
        ],
      },
    ),
  );
};

/** All targets of a file, as flags and file describe them: what only one of them trusts must not get into the others. Throws XacctError. */
export const checkHubs = (targets: readonly SpecInput[]): void => {
  const first = new Map<string, Entered>();
  for (const entered of targets.flatMap((target) => enteredBy(target, targets.length))) {
    const key = `${entered.account}/${entered.hub}`;
    const other = first.get(key) ?? entered;
    first.set(key, other);
    if (!arePrincipalsAlike(other.trust, entered.trust)) throw unlike(other, entered);
  }
};
