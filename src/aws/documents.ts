/** Policy documents on the wire: percent-encoded JSON from IAM, compact JSON to it. */
import { problem } from '#domain/diagnostic.ts';
import { listOf, statementsOf, type PolicyDocument } from '#domain/policy-document.ts';
import { XacctError } from '#domain/xacct-error.ts';

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // A per cent sign that encodes nothing: some endpoints hand the JSON over as it is.
    return text;
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isDocument = (value: unknown): value is PolicyDocument => {
  if (typeof value !== 'object' || value === null) return false;
  const { Statement } = value as { readonly Statement?: unknown };
  return typeof Statement === 'object' && Statement !== null;
};

/** `what` names the document in the error: `the trust policy of role ci`. */
export const parseDocument = (encoded: string | undefined, what: string): PolicyDocument => {
  const document = parse(decode(encoded ?? ''));
  if (isDocument(document)) return document;
  throw new XacctError(
    problem('INVALID_POLICY', `${what}, as the endpoint returned it, is not a policy document in JSON`, {
      ...(encoded !== undefined && { detail: decode(encoded).slice(0, 200) }),
      hints: [{ text: 'is the endpoint really IAM?', command: 'env | grep ^AWS_ENDPOINT' }],
    }),
  );
};

export const formatDocument = (document: PolicyDocument): string => JSON.stringify(document);

/** Every AWS principal that a trust policy names. */
export const principalsOf = (document: PolicyDocument): readonly string[] =>
  statementsOf(document).flatMap(({ Principal }) =>
    Principal === undefined || Principal === '*' ? [] : [...listOf(Principal['AWS'])].filter((name) => name !== '*'),
  );
