/**
 * Writes src/sandbox/wire/generated/: the part of botocore's service models (Apache-2.0) that the sandbox serves, as data and as types.
 * Usage: node scripts/service-model.mjs [botocore/data folder]. To serve one more operation, add its name here and a handler.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const OUT = new URL('../src/sandbox/wire/generated/', import.meta.url).pathname;

const SERVED = {
  iam: {
    version: '2010-05-08',
    operations: `
      CreateRole GetRole ListRoles UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole TagRole UntagRole ListRoleTags
      CreatePolicy GetPolicy ListPolicies DeletePolicy TagPolicy UntagPolicy ListPolicyTags
      CreatePolicyVersion GetPolicyVersion ListPolicyVersions DeletePolicyVersion SetDefaultPolicyVersion ListEntitiesForPolicy
      AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies PutRolePolicy GetRolePolicy ListRolePolicies DeleteRolePolicy
      PutRolePermissionsBoundary DeleteRolePermissionsBoundary
      CreateUser GetUser ListUsers DeleteUser TagUser UntagUser ListUserTags CreateAccessKey ListAccessKeys UpdateAccessKey DeleteAccessKey
      PutUserPolicy GetUserPolicy ListUserPolicies DeleteUserPolicy AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies
      PutUserPermissionsBoundary DeleteUserPermissionsBoundary ListGroupsForUser UpdateUser GetAccessKeyLastUsed
      CreateLoginProfile GetLoginProfile UpdateLoginProfile DeleteLoginProfile
      CreateVirtualMFADevice DeleteVirtualMFADevice EnableMFADevice DeactivateMFADevice ResyncMFADevice GetMFADevice
      TagMFADevice UntagMFADevice ListMFADeviceTags ListMFADevices ListVirtualMFADevices
      GetAccountPasswordPolicy UpdateAccountPasswordPolicy DeleteAccountPasswordPolicy GenerateCredentialReport GetCredentialReport
      ListSSHPublicKeys ListSigningCertificates ListServiceSpecificCredentials ListServerCertificates ListSAMLProviders
      CreateGroup GetGroup ListGroups UpdateGroup DeleteGroup AddUserToGroup RemoveUserFromGroup
      PutGroupPolicy GetGroupPolicy ListGroupPolicies DeleteGroupPolicy AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies
      CreateOpenIDConnectProvider GetOpenIDConnectProvider ListOpenIDConnectProviders DeleteOpenIDConnectProvider
      AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint
      TagOpenIDConnectProvider UntagOpenIDConnectProvider ListOpenIDConnectProviderTags
      CreateServiceLinkedRole DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus
      SimulatePrincipalPolicy SimulateCustomPolicy GetContextKeysForPrincipalPolicy GetContextKeysForCustomPolicy
      GetAccountSummary GetAccountAuthorizationDetails
      CreateInstanceProfile GetInstanceProfile ListInstanceProfiles ListInstanceProfilesForRole DeleteInstanceProfile
      AddRoleToInstanceProfile RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile ListInstanceProfileTags
      CreateAccountAlias DeleteAccountAlias ListAccountAliases`,
  },
  sts: {
    version: '2011-06-15',
    operations:
      'AssumeRole AssumeRoleWithWebIdentity GetCallerIdentity GetSessionToken GetFederationToken GetAccessKeyInfo DecodeAuthorizationMessage',
  },
};

const dataFolder = () =>
  process.argv[2] ??
  join(
    execFileSync('python3', ['-c', 'import botocore, os; print(os.path.dirname(botocore.__file__))'], {
      encoding: 'utf8',
    }).trim(),
    'data',
  );

const botocoreVersion = () =>
  execFileSync('python3', ['-c', 'import botocore; print(botocore.__version__)'], { encoding: 'utf8' }).trim();

/** Every shape that can be reached from `roots`, in the model's own order. */
const reachable = (shapes, roots) => {
  const seen = new Set();
  const visit = (name) => {
    if (name === undefined || seen.has(name)) return;
    seen.add(name);
    const shape = shapes[name];
    for (const member of Object.values(shape.members ?? {})) visit(member.shape);
    for (const part of [shape.member, shape.key, shape.value]) visit(part?.shape);
  };
  roots.forEach(visit);
  return Object.keys(shapes).filter((name) => seen.has(name));
};

const pick = (object, keys) =>
  Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));

const extractShape = (shape) => ({
  ...pick(shape, ['type', 'min', 'max', 'pattern', 'enum', 'required']),
  ...(shape.members && { members: Object.fromEntries(Object.entries(shape.members).map(([name, { shape: of }]) => [name, of])) }),
  ...(shape.member && { member: shape.member.shape }),
  ...(shape.key && { key: shape.key.shape, value: shape.value.shape }),
});

const extract = (service, { version, operations }, folder) => {
  const model = JSON.parse(gunzipSync(readFileSync(join(folder, service, version, 'service-2.json.gz'))).toString('utf8'));
  const names = operations.trim().split(/\s+/);
  const served = names.map((name) => {
    const operation = model.operations[name];
    if (operation === undefined) throw new Error(`${service} has no operation ${name}`);
    return operation;
  });
  // What the extract's reader does not know must fail here, not be served wrongly.
  for (const shape of Object.values(model.shapes))
    for (const member of Object.values(shape.members ?? {}))
      if (member.locationName !== undefined || shape.flattened) throw new Error('locationName and flattened are not modelled');
  const kept = reachable(
    model.shapes,
    served.flatMap(({ input, output }) => [input?.shape, output?.shape]),
  );
  const errors = Object.values(model.shapes).filter((shape) => shape.error !== undefined);
  return {
    service,
    version,
    xmlNamespace: model.metadata.xmlNamespace,
    operations: Object.fromEntries(
      served.map(({ name, input, output }) => [
        name,
        { ...(input && { input: input.shape }), ...(output && { output: output.shape, resultWrapper: output.resultWrapper }) },
      ]),
    ),
    errors: Object.fromEntries(errors.map(({ error }) => [error.code, error.httpStatusCode])),
    shapes: Object.fromEntries(kept.map((name) => [name, extractShape(model.shapes[name])])),
  };
};

const typeOf = (shapes, name) => {
  const shape = shapes[name];
  switch (shape.type) {
    case 'structure':
      return interfaceName(name);
    case 'list':
      return `readonly ${typeOf(shapes, shape.member)}[]`;
    case 'map':
      return `Readonly<Record<string, ${typeOf(shapes, shape.value)}>>`;
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'timestamp':
      return 'EpochMs';
    default:
      return 'string';
  }
};

const interfaceName = (name) => name[0].toUpperCase() + name.slice(1);

const types = ({ service, operations, shapes }) => {
  const structures = Object.entries(shapes)
    .filter(([, shape]) => shape.type === 'structure')
    .map(([name, shape]) => {
      const members = Object.entries(shape.members ?? {}).map(([member, of]) =>
        shape.required?.includes(member)
          ? `  readonly ${member}: ${typeOf(shapes, of)};`
          : `  readonly ${member}?: ${typeOf(shapes, of)} | undefined;`,
      );
      return members.length === 0
        ? `export type ${interfaceName(name)} = Readonly<Record<string, never>>;`
        : `export interface ${interfaceName(name)} {\n${members.join('\n')}\n}`;
    });
  const rows = Object.entries(operations).map(
    ([name, { input, output }]) =>
      `  readonly ${name}: { readonly input: ${input ? interfaceName(input) : 'Readonly<Record<string, never>>'}; readonly output: ${output ? interfaceName(output) : 'void'} };`,
  );
  return [
    `/** Types of the ${service.toUpperCase()} operations that the sandbox serves. Generated by scripts/service-model.mjs from botocore ${botocoreVersion()} (Apache-2.0, see ../NOTICE). */`,
    'type EpochMs = number;',
    ...structures,
    `export interface ${service === 'iam' ? 'Iam' : 'Sts'}Operations {\n${rows.join('\n')}\n}`,
  ].join('\n\n');
};

const folder = dataFolder();
const models = Object.entries(SERVED).map(([service, served]) => extract(service, served, folder));
mkdirSync(OUT, { recursive: true });
const written = models.flatMap((model) => [
  [
    `${model.service}-model.ts`,
    [
      `/** The ${model.service.toUpperCase()} service model, cut to what the sandbox serves. Generated by scripts/service-model.mjs from botocore ${botocoreVersion()} (Apache-2.0, see ../NOTICE). */`,
      `import type { ServiceModel } from '#sandbox/wire/service-model.ts';`,
      `export const ${model.service.toUpperCase()}_MODEL: ServiceModel = ${JSON.stringify(model, null, 2)};`,
    ].join('\n\n'),
  ],
  [`${model.service}-types.ts`, types(model)],
]);
for (const [name, text] of written) writeFileSync(join(OUT, name), `${text}\n`);
execFileSync('npx', ['oxfmt', ...written.map(([name]) => join(OUT, name))], { stdio: 'inherit' });
