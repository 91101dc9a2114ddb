/** The two calls that ask STS for a session of a role, as commands of the SDK. */
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { AssumeRoleRequest } from '#core/ports/sessions.ts';

/** Unsigned, so it may be set when all else is built; x-amz-user-agent is the SDK's own and stays. */
const markProbe =
  (probe: string) =>
  <A extends { readonly request: unknown }, R>(next: (args: A) => Promise<R>) =>
  (args: A): Promise<R> => {
    const { headers } = args.request as { headers: Record<string, string> };
    headers['user-agent'] = `${headers['user-agent'] ?? ''} xacct-probe/${probe}`.trim();
    return next(args);
  };

const PROBE = { step: 'build', priority: 'low', name: 'xacctProbe' } as const;

/** What both calls take. */
const commonOf = ({ roleArn, sessionName, sessionSeconds, policy, policyArns = [] }: AssumeRoleRequest) => ({
  RoleArn: roleArn,
  RoleSessionName: sessionName,
  ...(sessionSeconds !== undefined && { DurationSeconds: sessionSeconds }),
  ...(policy !== undefined && { Policy: policy }),
  ...(policyArns.length > 0 && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
});

export const assumeRoleCommand = (request: AssumeRoleRequest): AssumeRoleCommand => {
  const { externalId, tags = {}, transitiveTagKeys = [], sourceIdentity, probe } = request;
  const pairs = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const input: AssumeRoleCommandInput = {
    ...commonOf(request),
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(pairs.length > 0 && { Tags: pairs }),
    ...(transitiveTagKeys.length > 0 && { TransitiveTagKeys: [...transitiveTagKeys] }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  };
  const command = new AssumeRoleCommand(input);
  if (probe !== undefined) command.middlewareStack.add(markProbe(probe), PROBE);
  return command;
};

/** External ID, tags and source identity have no place in it: the token's claims say what it brings. */
export const tokenCommand = (request: AssumeRoleRequest, token: string): AssumeRoleWithWebIdentityCommand => {
  const command = new AssumeRoleWithWebIdentityCommand({ ...commonOf(request), WebIdentityToken: token });
  if (request.probe !== undefined) command.middlewareStack.add(markProbe(request.probe), PROBE);
  return command;
};
