/** What is wanted of a target by all that was said, and the two accounts that it is about: init and plan begin with it. */
import { warning } from '#domain/diagnostic.ts';
import { parseSpecRequest, type SpecRequest } from '#domain/parse-spec.ts';
import { parsePrincipal } from '#domain/principal-request.ts';
import type { SpecInput } from '#domain/spec-input.ts';
import { unsentBy } from '#domain/unsent.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { withExisting } from './adopt.ts';
import { again } from './again.ts';
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

/** Before anything is made: the proof would fail, and so would Terraform. */
const tellUnsent = (request: SpecRequest, { inFile }: Target, { isMade, input, context }: Wishing): void => {
  const unsent = unsentBy(request);
  if (unsent.length === 0) return;
  const names = inFile === undefined ? input.targets : [inFile.name];
  const more = [...unsent.flatMap(({ flags }) => flags), ...(inFile === undefined ? [] : ['--save'])];
  const asked = unsent.map(({ what }) => what).join(', and for ');
  context.reporter.tell(
    warning('NOT_SENT', `the role asks for ${asked}, which this set-up does not send: it lets nobody in so`, [
      { text: 'send it', command: again('init', { verb: isMade ? 'init' : 'plan', input, names }, more) },
    ]),
  );
};

/** Throws XacctError. */
export const readWish = async (asked: Target, wishing: Wishing): Promise<Wish> => {
  const { word, isMade, input, context } = wishing;
  const target = withWord(await withExisting(asked, input, context), word);
  const request = parseSpecRequest(target.input, freshFor(target.pair, isMade, context));
  if (!request.ok) throw XacctError.of(request.diagnostics);
  tellUnsent(request.value, target, wishing);
  const accounts = await openAccounts(target, request.value.region, input, context);
  return {
    target,
    accounts,
    request: { ...withAsked(knowGithubIds(request.value, context), target.flags), region: accounts.region },
  };
};
