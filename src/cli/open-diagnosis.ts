/** What a diagnosis can see: the source's own IAM by its own credentials, and the target's by those that were named for it. */
import { isXacctError } from '#domain/xacct-error.ts';
import type { OpenDiagnosis, Insight } from '#core/diagnosis.ts';
import type { AwsSide } from '#core/ports/aws-accounts.ts';
import type { CallerIdentity } from '#core/ports/sessions.ts';
import type { Context } from './context.ts';

export interface DiagnosedSides {
  readonly source: AwsSide;
  /** Undefined: nobody named credentials of the target. */
  readonly target: () => Promise<AwsSide | undefined>;
}

/** Credentials of the target that do not work are no reason to say nothing of the source. */
const identityOf = async (side: AwsSide | undefined): Promise<CallerIdentity | undefined> => {
  try {
    return await side?.sessions.identity();
  } catch (error) {
    if (isXacctError(error) && error.kind === 'credentials') return undefined;
    throw error;
  }
};

export const openDiagnosis = ({ source, target }: DiagnosedSides, context: Context): OpenDiagnosis => {
  let insight: Promise<Insight> | undefined;
  const look = async (who: CallerIdentity): Promise<Insight> => {
    const side = await target();
    const [administrator, organizationId] = await Promise.all([
      identityOf(side),
      who.claims === undefined ? source.organizations.organizationId() : undefined,
    ]);
    // Who has a token and no credentials can read nothing.
    const own = who.claims === undefined ? [{ account: who.account, iam: source.principals }] : [];
    const views = side && administrator ? [{ account: administrator.account, iam: side.principals }, ...own] : own;
    return {
      time: new Date(context.clock.now()).toISOString(),
      views: views.filter((view, i) => views.findIndex(({ account }) => account === view.account) === i),
      targetAccount: administrator?.account,
      organization: organizationId === undefined ? undefined : { account: who.account, id: organizationId },
    };
  };
  return async (who) => ({ diagnosis: await context.diagnosis(), insight: await (insight ??= look(who)) });
};
