/** Access: all that assuming the role takes. Enough for verify and emit-tf; no IAM is needed to know it. */
import type { RoleArn } from './arn.ts';

export interface Access {
  readonly roleArn: string;
  /** The parts of `roleArn`. */
  readonly role: RoleArn;
  /** What is sent as ExternalId; undefined when the trust policy asks for none. */
  readonly externalId: string | undefined;
  readonly sessionName: string;
  /** DurationSeconds that is asked for, 900 to 43200. */
  readonly sessionSeconds: number;
  readonly region: string;
}
