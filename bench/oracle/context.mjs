/** The request context that an AWS call of this scenario has, written down here a second time so that the comparison does not borrow ours. */

/** @param {any} scenario @returns {{action: string, context: Record<string, string | string[]>}[]} */
export const requestsOf = ({ time, caller, role, request }) => {
  const account = caller.arn.split(':')[4];
  const isSession = caller.kind === 'assumed-role';
  /** @type {Record<string, string | string[]>} */
  const context = {
    'aws:PrincipalArn': caller.roleArn ?? caller.arn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalType': isSession ? 'AssumedRole' : 'User',
    'aws:ResourceAccount': role.arn.split(':')[4],
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  };
  const put = (key, value) => {
    if (value !== undefined) context[key] = Array.isArray(value) ? value : String(value);
  };
  if (!isSession) put('aws:username', caller.arn.split('/').at(-1));
  put('aws:PrincipalOrgID', caller.orgId);
  if (caller.orgPath !== undefined) put('aws:PrincipalOrgPaths', [caller.orgPath]);
  for (const [key, value] of Object.entries(caller.tags ?? {})) put(`aws:PrincipalTag/${key}`, value);
  put('aws:MultiFactorAuthPresent', caller.mfa ?? (isSession ? false : undefined));
  put('aws:MultiFactorAuthAge', caller.mfaAge);
  put('aws:SourceIp', caller.sourceIp);
  if (time !== undefined) {
    put('aws:CurrentTime', time);
    put('aws:EpochTime', Date.parse(time) / 1000);
  }
  for (const [key, value] of Object.entries(request.tags ?? {})) put(`aws:RequestTag/${key}`, value);
  if (request.tags !== undefined) put('aws:TagKeys', Object.keys(request.tags));
  put('sts:SourceIdentity', request.sourceIdentity);
  const assume = { ...context, 'sts:RoleSessionName': request.sessionName };
  if (request.externalId !== undefined) assume['sts:ExternalId'] = request.externalId;
  return [
    { action: 'sts:AssumeRole', context: assume },
    ...(request.tags === undefined ? [] : [{ action: 'sts:TagSession', context }]),
    ...(request.sourceIdentity === undefined ? [] : [{ action: 'sts:SetSourceIdentity', context }]),
  ];
};
