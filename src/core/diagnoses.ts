/** Why something failed, asked of whoever can tell: the situation at one role's door, within one run's budget of refusals. */
import { parseAccessDenied } from '#domain/access-denied.ts';
import type { Access } from '#domain/access.ts';
import type { VerifyCause } from '#domain/verify-report.ts';
import { createDenials, type Denials } from './denials.ts';
import type { Situation, Symptom } from './diagnosis.ts';
import type { CallerIdentity, Refusal } from './ports/sessions.ts';
import type { VerifyOptions, VerifyPorts } from './verify-options.ts';
import type { Knock } from './way-in.ts';

export interface Diagnoses {
  /** Shared by all that asks in this run. */
  readonly denials: Denials;
  /** Waiting for IAM will not help. */
  readonly isHopeless: (refusal: Refusal, knock: Knock) => Promise<boolean>;
  readonly causeOf: (symptom: Symptom, knock: Knock) => Promise<VerifyCause>;
}

/** By AWS's own words. */
const isOfSource = ({ message }: Refusal): boolean => parseAccessDenied(message)?.reason?.layer === 'identity';

/** Loads nothing before it is asked. */
export const openDiagnoses = (
  { access, source }: { readonly access: Access; readonly source: CallerIdentity },
  ports: Pick<VerifyPorts, 'diagnosis'>,
  { signal, declared, isSourceSettled = false }: VerifyOptions,
): Diagnoses => {
  const denials = createDenials();
  const situationOf = async ({ entry, caller, request, sessions }: Knock): Promise<{ readonly situation: Situation }> => {
    const { insight } = await ports.diagnosis(source);
    // A role on the way is of another account than the target, and of no wrong one.
    const isOnTheWay = entry.roleArn !== access.roleArn;
    return {
      situation: {
        access: { ...access, ...entry },
        source: caller,
        request,
        // A hub asks for none.
        said: isOnTheWay
          ? { hasNoId: true, orgId: undefined }
          : {
              hasNoId: declared?.hasNoId === true,
              orgId: declared?.orgId,
              trusted: declared?.trusted,
              hasOtherId: declared?.hasOtherId === true,
            },
        sessions,
        insight: isOnTheWay ? { ...insight, targetAccount: undefined } : insight,
        denials,
        signal,
      },
    };
  };
  return {
    denials,
    isHopeless: async (refusal: Refusal, knock: Knock): Promise<boolean> => {
      if (isSourceSettled && isOfSource(refusal)) return true;
      const { diagnosis } = await ports.diagnosis(source);
      return diagnosis.isHopeless(refusal, (await situationOf(knock)).situation);
    },
    causeOf: async (symptom: Symptom, knock: Knock): Promise<VerifyCause> => {
      const { diagnosis } = await ports.diagnosis(source);
      return diagnosis.diagnose(symptom, (await situationOf(knock)).situation);
    },
  };
};
