/**
 * Untrusted seeds and faults (YAML, JSON over HTTP) into SandboxSeed and Faults, with a place for every fault. Fields of entities are checked by the
 * same service model as requests, since a seed uses IAM's own names.
 */
import { isAccountId } from '#domain/arn.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { Faults } from '#sandbox/faults.ts';
import { IAM_MODEL } from '#sandbox/wire/generated/iam-model.ts';
import { shapeOf, type WireStructure } from '#sandbox/wire/service-model.ts';
import { validateInput } from '#sandbox/wire/validate.ts';
import type { SandboxSeed } from './seed.ts';

type Complain = (place: string, message: string) => void;
type Check = (value: unknown, place: string, complain: Complain) => void;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Check = (value, place, complain) => {
  if (typeof value !== 'string') complain(place, `must be text, and is ${JSON.stringify(value)}`);
};
const count: Check = (value, place, complain) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    complain(place, `must be a whole number from 0, and is ${JSON.stringify(value)}`);
};
const integer: Check = (value, place, complain) => {
  if (!Number.isInteger(value)) complain(place, `must be a whole number, and is ${JSON.stringify(value)}`);
};
/** The grammar is checked when the policy is stored. */
const document: Check = (value, place, complain) => {
  if (typeof value !== 'string' && !isRecord(value)) complain(place, 'must be a policy document, as JSON text or as a mapping');
};
const flag: Check = (value, place, complain) => {
  if (typeof value !== 'boolean') complain(place, `must be true or false, and is ${JSON.stringify(value)}`);
};
const anything: Check = (value, place, complain) => {
  if (!isRecord(value)) complain(place, 'must be a mapping');
};
const oneOf =
  (...known: readonly string[]): Check =>
  (value, place, complain) => {
    if (typeof value !== 'string' || !known.includes(value))
      complain(place, `must be one of ${known.join(', ')}, and is ${JSON.stringify(value)}`);
  };
const list =
  (each: Check): Check =>
  (value, place, complain) => {
    if (Array.isArray(value)) value.forEach((item, index) => each(item, `${place}[${index}]`, complain));
    else complain(place, 'must be a list');
  };
const fields =
  (known: Readonly<Record<string, Check>>): Check =>
  (value, place, complain) => {
    if (!isRecord(value)) return complain(place, 'must be a mapping');
    for (const [key, inner] of Object.entries(value)) {
      const check = Object.hasOwn(known, key) ? known[key] : undefined;
      const at = place === '' ? key : `${place}.${key}`;
      if (check === undefined) complain(at, `is not known here; there are ${Object.keys(known).join(', ')}`);
      else check(inner, at, complain);
    }
  };

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
  Policies: list(fields({ PolicyName: text, PolicyDocument: document })),
  ManagedPolicyArns: list(text),
};

const keys = list(fields({ AccessKeyId: text, SecretAccessKey: text }));

const account = fields({
  alias: text,
  rootAccessKeys: keys,
  groups: list(entity('CreateGroupRequest', principal)),
  oidcProviders: list(entity('CreateOpenIDConnectProviderRequest', { Jwks: list(anything) })),
  users: list(entity('CreateUserRequest', { ...principal, Groups: list(text), AccessKeys: keys })),
  roles: list(entity('CreateRoleRequest', principal)),
  policies: list(entity('CreatePolicyRequest', {})),
  instanceProfiles: list(entity('CreateInstanceProfileRequest', { Roles: list(text) })),
  instances: list(
    fields({ InstanceId: text, Region: text, InstanceProfileName: text, HttpTokens: oneOf('required', 'optional') }),
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

const controlPolicies = list(fields({ Name: text, Content: document }));
const level = { serviceControlPolicies: controlPolicies, resourceControlPolicies: controlPolicies, fullAccess: flag };
const inside = { accounts: byAccount(fields(level)), units: list((value, place, complain) => unit(value, place, complain)) };
const unit: Check = fields({ Name: text, Id: text, ...level, ...inside });
const organization = fields({ Id: text, RootId: text, ManagementAccountId: text, ...level, ...inside });

const faults = fields({
  consistencyDelayMs: count,
  latencyMs: count,
  clockSkewMs: integer,
  callsPerSecond: count,
  rules: list(
    fields({ kind: oneOf('throttle', 'server-error', 'drop', 'lost-reply'), times: count, after: count, action: text }),
  ),
});

const parse = <T>(input: unknown, check: Check): Result<T> => {
  const found: Diagnostic[] = [];
  check(input, '', (path, message) =>
    found.push(problem('INVALID_CONFIG', `${path === '' ? 'the seed' : path} ${message}`, { path })),
  );
  return found.length === 0 ? ok(input as T) : fail(...found);
};

/** Seed YAML or JSON, parsed to data already. */
export const parseSeed = (input: unknown): Result<SandboxSeed> =>
  parse(input, fields({ organization, accounts: byAccount(account), faults }));

export const parseFaults = (input: unknown): Result<Faults> => parse(input, faults);
