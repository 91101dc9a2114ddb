/** A refusal in the form that the client of another service expects: S3's XML, EC2's, the Query envelope, or JSON. */
import { AwsError } from '#sandbox/errors.ts';
import type { LineFault } from '#sandbox/faults.ts';
import type { SignedRequest } from '#sandbox/signature/sigv4.ts';
import { encodeError, escapeXml } from '#sandbox/wire/encode.ts';

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What becomes of the connection instead. */
  readonly fault?: LineFault;
}

const xml = (status: number, body: string): UpstreamAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(body),
});

export const refusalFor = (service: string, request: SignedRequest, error: AwsError, requestId: string): UpstreamAnswer => {
  const { code, message, status } = error;
  const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  if (service === 's3')
    return xml(status, `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}<RequestId>${requestId}</RequestId></Error>`);
  if (service === 'ec2')
    return xml(status, `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`);
  const isJson =
    request.headers['x-amz-target'] !== undefined || !(request.headers['content-type'] ?? '').includes('form-urlencoded');
  if (!isJson) return xml(status, encodeError(`https://${service}.amazonaws.com/`, error, requestId));
  const name = code === 'AccessDenied' ? 'AccessDeniedException' : code;
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': name, 'x-amzn-requestid': requestId },
    body: Buffer.from(JSON.stringify({ __type: name, message })),
  };
};

/** A request that nobody has signed in the way that can be checked here, to a service that is not the sandbox's own. */
export const refuseUnsigned = (request: SignedRequest, requestId: string): UpstreamAnswer => {
  const hasOldSignature =
    /(?:^|&)(?:AWSAccessKeyId|Signature)=/.test(request.query) || /^AWS [^ ]/.test(request.headers['authorization'] ?? '');
  const message = hasOldSignature
    ? "the sandbox checks Signature Version 4 only, and this is Version 2: in boto3, Config(signature_version='s3v4')"
    : 'the sandbox passes nothing on that nobody has signed: buckets open to everyone are not modelled';
  return refusalFor('s3', request, new AwsError('AccessDenied', message, 'UNSIGNED'), requestId);
};
