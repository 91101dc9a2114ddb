/** The request context that an AWS call of this scenario has, written down here a second time so that the comparison does not borrow ours. */

/** @typedef {{action: string, context: Record<string, string | string[]>}} Request */

/** The oracle drops the keys of tokens; it knows any request tag, so that a claim goes by that name, here and in the policy. */
export const asKnownKeys = (scenario) => {
  if (scenario.caller.kind !== 'web-identity') return scenario;
  const [, issuer] = scenario.caller.arn.split(':oidc-provider/');
  const text = JSON.stringify(scenario.role).replaceAll(`"${issuer}:`, '"aws:RequestTag/');
  return { ...scenario, role: JSON.parse(text) };
};

/** @param {any} scenario @returns {Request[]} */
const requestOfToken = ({ caller, role, request }) => {
  /** @type {Request['context']} */
  const context = {
    'aws:ResourceAccount': role.arn.split(':')[4],
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
    'aws:SourceIp': caller.sourceIp,
    'sts:RoleSessionName': request.sessionName,
  };
  for (const name of ['aud', 'sub', 'email'])
    if (caller.claims[name] !== undefined) context[`aws:RequestTag/${name}`] = caller.claims[name];
  return [{ action: 'sts:AssumeRoleWithWebIdentity', context }];
};

/** @param {any} scenario @returns {Request[]} */
export const requestsOf = (scenario) => {
  const { time, caller, role, request = {} } = scenario;
  if (caller.kind === 'web-identity') return requestOfToken(scenario);
  const account = caller.arn.split(':')[4];
  const isSession = caller.kind === 'assumed-role';
  /** @type {Record<string, string | string[]>} */
  const context = {
    'aws:PrincipalArn': caller.roleArn ?? caller.arn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalType': isSession ? 'AssumedRole' : 'User',
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  };
  const put = (key, value) => {
    if (value !== undefined) context[key] = Array.isArray(value) ? value : String(value);
  };
  put('aws:ResourceAccount', role?.arn.split(':')[4] ?? (scenario.resource.split(':')[4] || account));
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
  if (role === undefined) return [{ action: scenario.action, context }];
  const assume = { ...context, 'sts:RoleSessionName': request.sessionName };
  if (request.externalId !== undefined) assume['sts:ExternalId'] = request.externalId;
  return [
    { action: 'sts:AssumeRole', context: assume },
    ...(request.tags === undefined ? [] : [{ action: 'sts:TagSession', context }]),
    ...(request.sourceIdentity === undefined ? [] : [{ action: 'sts:SetSourceIdentity', context }]),
  ];
};
