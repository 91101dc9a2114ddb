/** What is wanted of a target by all that was said, and the two accounts that it is about: init and plan begin with it. */
import { parseSpecRequest, type SpecRequest } from '#domain/parse-spec.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { withExisting } from './adopt.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { knowGithubIds } from './github-ids.ts';
import { openAccounts, type Accounts } from './open-accounts.ts';
import { freshFor } from './pair-run.ts';
import { withWord, type Word } from './pair-word.ts';
import type { Target } from './targets.ts';

export interface Wish {
  readonly target: Target;
  readonly request: SpecRequest;
  readonly accounts: Accounts;
}

export interface Wishing {
  /** Of the other half, where it is one of a pair. */
  readonly word: Word | undefined;
  /** What has to be generated will be used. */
  readonly isMade: boolean;
  readonly input: Input;
  readonly context: Context;
}

/** What flags take away by name; what the file merely says no more may have been left out by mistake. */
const withAsked = (request: SpecRequest, { untrust = [], externalId }: SpecInput): SpecRequest => ({
  ...request,
  role: {
    ...request.role,
    ...(untrust.length > 0 && { untrusted: untrust.map(parsePrincipal).flatMap((parsed) => (parsed.ok ? [parsed.value] : [])) }),
    ...(externalId?.[0]?.value === 'none' && { externalIdChange: { kind: 'drop' } as const }),
  },
});

/** Throws XacctError. */
export const readWish = async (asked: Target, { word, isMade, input, context }: Wishing): Promise<Wish> => {
  const target = withWord(await withExisting(asked, input, context), word);
  const request = parseSpecRequest(target.input, freshFor(target.pair, isMade, context));
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const accounts = await openAccounts(target, request.value.region, input, context);
  return {
    target,
    accounts,
    request: { ...withAsked(knowGithubIds(request.value, context), target.flags), region: accounts.region },
  };
};
