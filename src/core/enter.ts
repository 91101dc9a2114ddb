/** Who asks, by which way, and whether the role lets in with everything right: what every other proof of verify stands on. */
import type { Access } from '#domain/access.ts';
import { skipCheck, type Found } from './check.ts';
import { openDiagnoses, type Diagnoses } from './diagnoses.ts';
import { requestOf } from './entry-request.ts';
import { identify } from './identify.ts';
import type { AssumedSession, AssumeRoleRequest, CallerIdentity, Refusal, Sessions } from './ports/sessions.ts';
import { proveEntry, proveIdentity } from './proofs.ts';
import { askUntil } from './propagation.ts';
import type { VerifyOptions, VerifyPorts } from './verify-options.ts';
import { knockAt, proveWayIn, type Knock, type Knocker } from './way-in.ts';

export interface Entered {
  /** Of who the source is, the way to the door, and the entry. */
  readonly proofs: readonly Found<unknown>[];
  readonly source: CallerIdentity;
  /** The source's credentials, after a code was shown where one was asked for. */
  readonly start: Sessions;
  /** Who stands at the target's door. */
  readonly door: Knocker;
  /** ARNs of the sessions on the way. */
  readonly through: readonly string[];
  /** The request with everything right. */
  readonly good: AssumeRoleRequest;
  /** What it gave. */
  readonly session: AssumedSession | undefined;
  /** The door at which a failure is to be understood. */
  readonly knock: Knock;
  readonly diagnoses: Diagnoses;
}

/** With nobody on the way, no token and no code to be shown the source asks for the role itself, and at once. */
const asksAtOnce = ({ via, webIdentity }: Access, { declared }: VerifyOptions): boolean =>
  via.length === 0 && webIdentity === undefined && declared?.mfa !== true;

/** Long-term keys show their code once, by GetSessionToken: what they get so is what Terraform finds in its environment. */
const showCode = async (plain: Sessions, access: Access, { declared, mfaDevice }: VerifyOptions): Promise<Sessions> => {
  const isAsked = declared?.mfa === true && access.via.length === 0 && plain.credentialLife().kind === 'permanent';
  return (isAsked ? await plain.withMfa(mfaDevice) : undefined) ?? plain;
};

/** Throws XacctError when the source has no usable credentials or nobody answers. */
export const enter = async (access: Access, ports: VerifyPorts, options: VerifyOptions): Promise<Entered> => {
  const { asked, signal, waitMs } = options;
  // Both at once saves a round trip; a session for whoever turns out to be the wrong one is dropped unused.
  const first = asksAtOnce(access, options) ? (asked?.entry ?? ports.sessions.assumeRole(requestOf(access), signal)) : undefined;
  first?.catch(() => undefined);
  const identity = await proveIdentity(access, ports, async () => asked?.source ?? identify('source', ports.sessions), options);
  const source = identity.answer;
  const diagnoses = openDiagnoses({ access, source }, ports, options);
  const { isHopeless } = diagnoses;
  const start = await showCode(ports.sessions, access, options);
  const way = await proveWayIn(access, { caller: source, sessions: start }, ports, { waitMs, signal, isHopeless });
  const { door, through, stuckAt } = way?.answer ?? { door: { caller: source, sessions: start }, through: [] };
  const knock = stuckAt?.knock ?? knockAt(access, door);
  const good = knockAt(access, door).request;
  const assumed = stuckAt
    ? skipCheck('assume-role', ports, 'the way to it was not open')
    : await proveEntry(good, ports, () => {
        const ask = { wanted: 'assumed', request: good, waitMs, signal } as const;
        const question = { ...ask, ...(first && { first }), isHopeless: (refusal: Refusal) => isHopeless(refusal, knock) };
        return askUntil(question, { ...ports, sessions: door.sessions });
      });
  const session = assumed.answer?.kind === 'assumed' ? assumed.answer : undefined;
  const proofs = [identity, ...(way ? [way] : []), assumed];
  return { proofs, source, start, door, through, good, session, knock, diagnoses };
};
