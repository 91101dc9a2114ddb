/**
 * `--pair`: one set-up as two roles, NAME-plan for what anybody may propose and NAME-apply for what was agreed on. Whoever only plans must
 * not get into the role that applies, so the halves trust differently wherever the caller's word for itself tells the two apart.
 */
import type { Given } from './fields.ts';
import { kindOf } from './principal-request.ts';
import { saysNone } from './said-permissions.ts';
import type { GivenList, SpecInput } from './spec-input.ts';
import { VALUES } from './values.ts';

/** The role that applies comes first: what its trust settles is what the file says of both. */
export const HALVES = ['apply', 'plan'] as const;
export type Half = (typeof HALVES)[number];

export const halfName = (name: string, half: Half): string => `${name}-${half}`;

export const isPair = ({ pair }: Pick<SpecInput, 'pair'>): boolean => pair?.value === true;

/** What of a token's subject tells a plan from an apply: the event of a GitHub workflow, the phase of a run in HCP Terraform. */
interface Split {
  /** Up to the part that tells. */
  readonly form: RegExp;
  readonly plan: string;
  /** Where nothing was said that tells; undefined: something always is. */
  readonly apply: string | undefined;
}

/**
 * https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
 * https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
 */
const SPLITS: readonly Split[] = [
  { form: /^(github:[^:]+):(.+)$/s, plan: 'pull_request', apply: undefined },
  { form: /^(tfc:[^:]+)(?::(plan|apply))?$/, plan: 'plan', apply: 'apply' },
];

const forHalf = (half: Half, given: Given<string>): readonly Given<string>[] => {
  if (kindOf(given) !== 'oidc') return [given];
  for (const { form, plan, apply } of SPLITS) {
    const [, subject, said = apply] = form.exec(given.value) ?? [];
    if (subject === undefined || said === undefined) continue;
    if (half === 'plan') return [{ ...given, value: `${subject}:${plan}` }];
    return said === plan ? [] : [{ ...given, value: `${subject}:${said}` }];
  }
  return [given];
};

const distinct = (list: readonly Given<string>[]): readonly Given<string>[] => [
  ...new Map(list.map((given) => [given.value, given])).values(),
];

const listFor = (half: Half, list: GivenList): GivenList => list && distinct(list.flatMap((given) => forHalf(half, given)));

const trustOf = (half: Half, { trust, sourceTrust, planTrust }: SpecInput): Pick<SpecInput, 'trust' | 'sourceTrust'> =>
  half === 'plan' && planTrust !== undefined
    ? { trust: planTrust, sourceTrust: undefined }
    : { trust: listFor(half, trust), sourceTrust: listFor(half, sourceTrust) };

const STATE = /^tf-state:(.+)$/s;

/** Reading, and holding the lock of the states that the other half writes. */
const planPermissions = (input: SpecInput): Partial<SpecInput> => {
  const place = input.presets?.[0]?.place ?? input.pair?.place ?? 'role.pair';
  const states = (input.presets ?? []).flatMap((preset) => {
    const state = STATE.exec(preset.value)?.[1];
    return state === undefined ? [] : [{ ...preset, value: `read-only:${state}` }];
  });
  return {
    policies: undefined,
    policyArns: undefined,
    allowAdmin: undefined,
    presets: saysNone(input) ? undefined : states.length > 0 ? states : [{ value: 'read-only', place }],
  };
};

/** A token is of no organization, and both halves share one word: where either lets a token in, it is an external ID. */
export const withSharedId = (input: SpecInput): SpecInput => {
  const all = [...(input.trust ?? []), ...(input.sourceTrust ?? []), ...(input.planTrust ?? [])];
  const hasToken = all.some((given) => kindOf(given) === 'oidc');
  return { ...input, externalId: input.externalId ?? (hasToken ? [{ value: 'generate', place: 'default' }] : undefined) };
};

const named = (given: Given<string> | undefined, usual: string, half: Half): Given<string> => ({
  value: halfName(given?.value ?? usual, half),
  place: given?.place ?? 'default',
});

/** One half, as if it had been said alone. */
export const halfOf = (input: SpecInput, half: Half): SpecInput => ({
  ...input,
  ...trustOf(half, input),
  ...(half === 'plan' && planPermissions(input)),
  name: halfName(input.name, half),
  roleName: named(input.roleName, VALUES.roleName.default, half),
  // A hub that both shared would let whoever plans into the role that applies.
  hubRole: named(input.hubRole, VALUES.hubRole.default, half),
  pair: undefined,
  planTrust: undefined,
});

/** Whether the halves let in the same: then the second role keeps nobody from anything but the permissions of the first. */
export const trustsAlike = (input: SpecInput): boolean => {
  const [apply, plan] = HALVES.map((half) => {
    const { trust = [{ value: 'self' }], sourceTrust = [] } = trustOf(half, input);
    return new Set([...trust, ...sourceTrust].map(({ value }) => value));
  });
  return apply !== undefined && plan !== undefined && [...plan].every((value) => apply.has(value)) && plan.size === apply.size;
};
