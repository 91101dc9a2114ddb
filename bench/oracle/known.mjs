/**
 * Where AWS's documentation decides otherwise than the oracle. A disagreement counts as explained only when both agree on the same scenario
 * without the one thing that a rule is about; the golden case of each rule holds the documentation's answer.
 */
const USER_GUIDE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/';

/** @param {unknown} value @param {(text: string) => string} change @returns {any} */
const mapTexts = (value, change) => (value === undefined ? value : JSON.parse(change(JSON.stringify(value))));

const without = (object, ...keys) => Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

export const KNOWN = [
  {
    name: 'what AWS always sends and the scenario does not state is not absent, and is taken as it refuses',
    source: `${USER_GUIDE}reference_policies_condition-keys.html`,
    golden: 'unstated/time-is-always-there',
    without: (scenario) => ({
      ...scenario,
      time: scenario.time ?? '2026-03-01T00:00:00Z',
      caller: {
        ...scenario.caller,
        sourceIp: scenario.caller.sourceIp ?? '203.0.113.9',
        ...(scenario.caller.mfa === true && { mfaAge: scenario.caller.mfaAge ?? 60 }),
      },
    }),
  },
  {
    name: 'a role is named with its path: role/deployer is not role/ci/deployer',
    source: `${USER_GUIDE}reference_identifiers.html#identifiers-arns`,
    golden: 'principal/role-without-its-path',
    without: (scenario) => ({
      ...scenario,
      role: mapTexts(scenario.role, (text) => text.replaceAll(':role/deployer"', ':role/another"')),
    }),
  },
  {
    name: 'a document of 2008-10-17 has no variables',
    source: `${USER_GUIDE}reference_policies_elements_version.html`,
    golden: 'variable/in-a-resource-of-2008',
    without: (scenario) => mapTexts(scenario, (text) => text.replaceAll('2008-10-17', '2012-10-17')),
  },
  {
    name: 'a variable without a value matches nothing, so a Deny with NotResource excepts nothing',
    source: `${USER_GUIDE}reference_policies_variables.html`,
    golden: 'variable/unresolved-in-a-NotResource-of-a-deny',
    without: (scenario) => mapTexts(scenario, (text) => text.replaceAll('${aws:PrincipalTag/role}', 'xacct-prod')),
  },
  {
    name: 'in its own account a session that the trust policy names, or anyone, needs no Allow of its session policy or boundary',
    source: `${USER_GUIDE}reference_policies_elements_principal.html#principal-role-session`,
    golden: 'same-account/session-outside-its-session-policy',
    without: (scenario) => ({ ...scenario, caller: without(scenario.caller, 'sessionPolicy', 'boundary') }),
  },
  {
    name: 'a unique id names the user or role that has it',
    source: `${USER_GUIDE}reference_identifiers.html#identifiers-unique-ids`,
    golden: 'principal/unique-id-of-a-user',
    without: (scenario) => ({
      ...scenario,
      role: mapTexts(scenario.role, (text) =>
        text.replaceAll(`"${scenario.caller.uniqueId}"`, JSON.stringify(scenario.caller.roleArn ?? scenario.caller.arn)),
      ),
    }),
  },
  {
    name: 'a token is a Federated principal: no account and no {"AWS": "*"} lets it in',
    source: `${USER_GUIDE}reference_policies_elements_principal.html#principal-federated-web-identity`,
    golden: 'web-identity/anyone-does-not-let-in-a-token',
    without: (scenario) =>
      scenario.caller.kind !== 'web-identity'
        ? scenario
        : {
            ...scenario,
            role: mapTexts(scenario.role, (text) =>
              text.replaceAll(
                /"Effect":"Allow","Principal":\{"AWS":"(?:\*|222222222222)"\}/g,
                '"Effect":"Allow","Principal":{"AWS":"333333333333"}',
              ),
            ),
          },
  },
  {
    name: 'whose a resource is, is not known where its ARN holds no account',
    source: `${USER_GUIDE}reference_policies_condition-keys.html#condition-keys-resourceaccount`,
    golden: 'unstated/resource-with-a-variable',
    without: (scenario) =>
      scenario.role === undefined && !/^arn:[^:]*:[^:]*:[^:]*:\d/.test(scenario.resource)
        ? mapTexts(scenario, (text) => text.replaceAll('"aws:ResourceAccount":"222222222222"', '"aws:ViaAWSService":"false"'))
        : scenario,
  },
];
