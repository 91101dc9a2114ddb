/** One broken rule about the request itself: what STS answers without blaming a policy. */
import type { Fix, Layer, Reason } from '#domain/cause.ts';

export interface RequestFault {
  readonly verdict: 'invalid' | 'denied';
  readonly layer: Layer;
  readonly reason: Reason;
  /** For a person. */
  readonly explanation: string;
  readonly awsCode: 'ValidationError' | 'InvalidParameterValue' | 'AccessDenied';
  readonly awsMessage: string;
  readonly fix: Fix;
}
