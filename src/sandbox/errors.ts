/** AWS's refusals as one exception type, with the codes, statuses and sentences of IAM and STS. Thrown anywhere below the server, caught there once. */
import { IAM_MODEL } from '#sandbox/wire/generated/iam-model.ts';
import type { FaultKind } from './faults.ts';
import { STS_MODEL } from '#sandbox/wire/generated/sts-model.ts';

// Codes that every Query service has and no model lists: "Common Errors" of the IAM and STS API references.
const COMMON: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  /** Not AWS's: what stands behind `--upstream` failed. */
  BadGateway: 502,
  ExpiredToken: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  InvalidParameterValue: 400,
  MalformedInput: 400,
  MissingAction: 400,
  MissingAuthenticationToken: 403,
  NotImplemented: 501,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ValidationError: 400,
};

/** A refusal on its way to the error envelope. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** What the log says decided it; the code where nothing better is known. */
  readonly reason: string;

  constructor(code: string, message: string, reason: string = code) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = COMMON[code] ?? IAM_MODEL.errors[code] ?? STS_MODEL.errors[code] ?? 400;
    this.reason = reason;
  }
}

export const validationError = (message: string): AwsError => new AwsError('ValidationError', message);
export const malformedInput = (message: string): AwsError => new AwsError('MalformedInput', message);
export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message);
export const alreadyExists = (message: string): AwsError => new AwsError('EntityAlreadyExists', message);
export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', message);
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message);
export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', message);
export const malformedPolicy = (message: string): AwsError => new AwsError('MalformedPolicyDocument', message);
export const accessDenied = (message: string, reason?: string): AwsError => new AwsError('AccessDenied', message, reason);
export const invalidToken = (): AwsError =>
  new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
/** What a fault on demand answers; undefined for one of the connection. */
export const refusalByFault = (kind: FaultKind | undefined): AwsError | undefined => {
  if (kind === 'throttle') return new AwsError('Throttling', 'Rate exceeded', 'FAULT_THROTTLE');
  if (kind === 'expired-token') return new AwsError('ExpiredToken', EXPIRED, 'FAULT_EXPIRED_TOKEN');
  if (kind !== 'server-error') return undefined;
  const message = 'The request processing has failed because of an unknown error.';
  return new AwsError('InternalFailure', message, 'FAULT_SERVER_ERROR');
};

const EXPIRED = 'The security token included in the request is expired';
export const expiredToken = (): AwsError => new AwsError('ExpiredToken', EXPIRED);
