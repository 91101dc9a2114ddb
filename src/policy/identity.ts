/** What the ARN of a caller says, read once for each decision: every rule about the caller stands on it. */
import { parseArn, roleIn, rootIn, sessionIn, userIn, type Arn, type SessionArn } from '#domain/arn.ts';

export type Form = 'user' | 'role' | 'assumed-role' | 'root' | 'federated-user';

export interface Identity {
  /** Undefined for the name of a service and for other text that is no ARN. */
  readonly arn: Arn | undefined;
  /** Undefined for an ARN that is not that of an identity. */
  readonly form: Form | undefined;
  readonly session: SessionArn | undefined;
}

const formOf = (arn: Arn): Form | undefined => {
  if (arn.service === 'sts') return arn.resource.startsWith('federated-user') ? 'federated-user' : undefined;
  if (rootIn(arn) !== undefined) return 'root';
  if (roleIn(arn) !== undefined) return 'role';
  return userIn(arn) === undefined ? undefined : 'user';
};

export const readIdentity = (text: string): Identity => {
  const arn = parseArn(text);
  if (arn === undefined) return { arn, form: undefined, session: undefined };
  const session = sessionIn(arn);
  return { arn, form: session === undefined ? formOf(arn) : 'assumed-role', session };
};
