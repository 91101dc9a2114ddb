/** What is wrong with a pair, before anything is done for it. Not beside the pair itself: emit-tf, which makes no roles, need not load their rules. */
import { note } from '#domain/diagnostic.ts';
import { halfName, trustsAlike } from '#domain/pair.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { VALUES } from '#domain/values.ts';
import type { Context } from './context.ts';
import { NOT_GENERATED } from './external-id.ts';
import type { Part } from './pair-run.ts';

/** Before the first of two halves is made: either may be what is wrong, and then neither is. Throws XacctError. */
export const checkPairs = (parts: readonly Part[], { reporter }: Context): void => {
  for (const { input, pair } of parts) {
    if (pair === undefined) continue;
    const request = parseSpecRequest(input, NOT_GENERATED);
    if (!request.ok) throw XacctError.of(request.diagnostics);
    const { half, undivided } = pair;
    if (half !== 'plan' || !trustsAlike(undivided)) continue;
    const name = undivided.roleName?.value ?? VALUES.roleName.default;
    reporter.tell(
      note('ASSUMED_VALUE', `whoever may assume ${halfName(name, 'plan')} may assume ${halfName(name, 'apply')}, too`, [
        { text: 'name who only plans: --plan-trust PRINCIPAL, or role.planTrust in xacct.yaml' },
      ]),
    );
  }
};
