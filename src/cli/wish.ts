/** What is wanted of a target by all that was said, and the two accounts that it is about: init and plan begin with it. */
import { parseSpecRequest, type SpecRequest } from '#domain/parse-spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { withExisting } from './adopt.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { knowGithubIds } from './github-ids.ts';
import { openAccounts, type Accounts } from './open-accounts.ts';
import { freshFor, withWord, type Word } from './pair-run.ts';
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

/** Throws XacctError. */
export const readWish = async (asked: Target, { word, isMade, input, context }: Wishing): Promise<Wish> => {
  const target = withWord(await withExisting(asked, input, context), word);
  const request = parseSpecRequest(target.input, freshFor(target.pair, isMade, context));
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const accounts = await openAccounts(target, request.value.region, input, context);
  return { target, accounts, request: { ...knowGithubIds(request.value, context), region: accounts.region } };
};
