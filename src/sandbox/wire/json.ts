/** Answers and errors of AWS's JSON 1.1 protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import type { WireStructure } from './service-model.ts';

export const JSON_TYPE = 'application/x-amz-json-1.1';

/** What the Query services call by one name, and these by another. */
const NAMES: Readonly<Record<string, string>> = {
  AccessDenied: 'AccessDeniedException',
  ExpiredToken: 'ExpiredTokenException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  Throttling: 'TooManyRequestsException',
};

const jsonErrorName = (code: string): string => NAMES[code] ?? code;

export const encodeJsonAnswer = (output: WireStructure | undefined): string => JSON.stringify(output ?? {});

export const encodeJsonError = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  JSON.stringify({ __type: jsonErrorName(code), Message: message });
