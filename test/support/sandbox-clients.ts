/** SDK clients for a sandbox's accounts, and refusals in a form that whole-object assertions can name. */
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import type { Sandbox } from '#sandbox/open.ts';

export const SOURCE = '111111111111';
export const TARGET = '222222222222';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Clients {
  readonly iam: IAMClient;
  readonly sts: STSClient;
}

export const clientsWith = ({ endpoint }: Pick<Sandbox, 'endpoint'>, credentials: Keys, region = 'us-east-1'): Clients => {
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  return { iam: new IAMClient(config), sts: new STSClient(config) };
};

export const adminOf = (sandbox: Sandbox, account: string): Clients => clientsWith(sandbox, sandbox.credentials(account));

/** The wire's code and status of a call that must be refused. */
export const refusal = async (call: Promise<unknown>): Promise<{ code: string; status: number | undefined; message: string }> => {
  try {
    await call;
  } catch (error) {
    const { Code, name, message, $metadata } = error as Error & { Code?: string; $metadata?: { httpStatusCode?: number } };
    return { code: Code ?? name, status: $metadata?.httpStatusCode, message };
  }
  throw new Error('the call was answered, and should have been refused');
};

/** The keys of an AssumeRole or GetSessionToken answer. */
export const keysOf = ({
  Credentials,
}: {
  readonly Credentials?:
    | { AccessKeyId: string | undefined; SecretAccessKey: string | undefined; SessionToken: string | undefined }
    | undefined;
}): Required<Keys> => {
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken)
    throw new Error('no credentials in the answer');
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
};

export const trustPolicy = (
  principal: unknown,
  condition?: object,
  action: string | readonly string[] = 'sts:AssumeRole',
): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: principal, Action: action, ...(condition !== undefined && { Condition: condition }) },
    ],
  });

export const allowPolicy = (action: string | readonly string[], resource: string | readonly string[] = '*'): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] });
