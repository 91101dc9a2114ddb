/**
 * Untrusted seeds (YAML, JSON over HTTP, JavaScript) into SandboxSeed, with a place for everything that is wrong. Fields of entities are checked by the
 * same service model as requests, since a seed uses IAM's own names.
 */
import { isAccountId } from '#domain/arn.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { Faults } from '#sandbox/faults.ts';
import { faultsCheck, readFaults } from '#sandbox/parse-faults.ts';
import { IAM_MODEL } from '#sandbox/wire/generated/iam-model.ts';
import { shapeOf, type WireStructure } from '#sandbox/wire/service-model.ts';
import { validateInput } from '#sandbox/wire/validate.ts';
import { anything, between, document, fields, flag, integer, list, oneOf, secret, text, type Check } from './checks.ts';
import type { SandboxSeed } from './seed-types.ts';
import { isRecord } from '#domain/record.ts';

const tags = list(fields({ Key: text, Value: text }));

/** An entity by the input shape that creates it; `more` are the fields of a seed that the shape has otherwise or not at all. */
const entity = (shape: string, more: Readonly<Record<string, Check>>): Check => {
  const own = Object.entries(shapeOf(IAM_MODEL, shape).members ?? {}).map(([name, of]): [string, Check] => {
    if (name === 'Tags') return [name, tags];
    if (name.endsWith('Document')) return [name, document];
    const { type } = shapeOf(IAM_MODEL, of);
    if (type === 'list') return [name, list(text)];
    return [name, type === 'integer' ? integer : text];
  });
  const check = fields({ ...Object.fromEntries(own), ...more });
  return (value, place, complain) => {
    let isWell = true;
    check(value, place, (at, message) => {
      isWell = false;
      complain(at, message);
    });
    if (!isWell || !isRecord(value)) return;
    const wire = Object.entries(value)
      .filter(([name]) => !Object.hasOwn(more, name))
      .map(([name, inner]) => [name, isRecord(inner) ? JSON.stringify(inner) : inner]);
    const refused = validateInput(IAM_MODEL, shape, Object.fromEntries(wire) as WireStructure);
    if (refused !== undefined) complain(place, refused.message);
  };
};

const principal = {
  Policies: list(fields({ PolicyName: text, PolicyDocument: document }, ['PolicyName', 'PolicyDocument'])),
  ManagedPolicyArns: list(text),
};

const keys = list(fields({ AccessKeyId: text, SecretAccessKey: secret }, ['AccessKeyId', 'SecretAccessKey']));
const devices = list(fields({ Name: text, Base32StringSeed: secret }, ['Base32StringSeed']));

/** ModifyInstanceMetadataOptions, API reference. */
const MOST_HOPS = 64;

const account = fields({
  alias: text,
  rootAccessKeys: keys,
  groups: list(entity('CreateGroupRequest', principal)),
  oidcProviders: list(entity('CreateOpenIDConnectProviderRequest', { Jwks: list(anything) })),
  users: list(entity('CreateUserRequest', { ...principal, Groups: list(text), AccessKeys: keys, MFADevices: devices })),
  roles: list(entity('CreateRoleRequest', principal)),
  policies: list(entity('CreatePolicyRequest', {})),
  instanceProfiles: list(entity('CreateInstanceProfileRequest', { Roles: list(text) })),
  instances: list(
    fields(
      {
        InstanceId: text,
        Region: text,
        InstanceProfileName: text,
        HttpTokens: oneOf('required', 'optional'),
        HttpEndpoint: oneOf('enabled', 'disabled'),
        HttpPutResponseHopLimit: between(1, MOST_HOPS),
        ClientHops: between(1, MOST_HOPS),
      },
      ['InstanceId'],
    ),
  ),
});

/** A mapping whose keys are account ids. */
const byAccount =
  (check: Check): Check =>
  (value, place, complain) => {
    if (!isRecord(value)) return complain(place, 'must be a mapping of account ids');
    for (const [id, inner] of Object.entries(value)) {
      if (!isAccountId(id))
        complain(`${place}.${id}`, 'is no account id: it must have 12 digits, in quotes where the seed is YAML');
      else check(inner, `${place}.${id}`, complain);
    }
  };

const controlPolicies = list(fields({ Name: text, Content: document }, ['Name', 'Content']));
const level = { serviceControlPolicies: controlPolicies, resourceControlPolicies: controlPolicies, fullAccess: flag };
const inside = { accounts: byAccount(fields(level)), units: list((value, place, complain) => unit(value, place, complain)) };
const unit: Check = fields({ Name: text, Id: text, ...level, ...inside });
const organization = fields({ Id: text, RootId: text, ManagementAccountId: text, ...level, ...inside });

const seed = fields({ organization, accounts: byAccount(account), faults: faultsCheck });

/** With faults as the fault box wants them. */
export type CheckedSeed = Omit<SandboxSeed, 'faults'> & { readonly faults?: Faults };

const EXAMPLE = { text: 'docs/sandbox.md shows a seed with all of its keys' };

/** Seed YAML or JSON, parsed to data already. */
export const parseSeed = (input: unknown): Result<CheckedSeed> => {
  const found: Diagnostic[] = [];
  seed(input, '', (path, message) =>
    found.push(problem('INVALID_VALUE', `${path === '' ? 'the seed' : path} ${message}`, { path, hints: [EXAMPLE] })),
  );
  if (found.length > 0) return fail(...found);
  const { faults, ...rest } = input as SandboxSeed;
  return ok(faults === undefined ? rest : { ...rest, faults: readFaults(faults) });
};
