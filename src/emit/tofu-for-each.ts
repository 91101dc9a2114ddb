/** Several targets as one provider of OpenTofu with `for_each`: what differs between them is a map, the provider is written once. */
import { problem } from '#domain/diagnostic.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import { Expression, type Value } from './hcl.ts';
import type {
  AssumeRoleModel,
  ProviderModel,
  TerraformModel,
  TerraformOptions,
  TerraformTarget,
  WebIdentityModel,
} from './terraform-model.ts';

interface Member {
  readonly target: TerraformTarget;
  readonly provider: ProviderModel;
}

type Values = Readonly<Record<string, Value | undefined>>;

const NULL = new Expression('null');

/** Arguments that at least one of the maps sets. */
const keysOf = (maps: readonly Values[]): readonly string[] => [
  ...new Set(maps.flatMap((map) => Object.keys(map).filter((key) => map[key] !== undefined))),
];

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Under the names of the provider's arguments; what one target leaves out and another sets is null. */
const rowOf = (map: Values, keys: readonly string[]): Values =>
  Object.fromEntries(keys.map((key) => [snake(key), map[key] ?? NULL]));

const refer = (keys: readonly string[], from: string): Values =>
  Object.fromEntries(keys.map((key) => [key, new Expression(`${from}.${snake(key)}`)]));

/** Types of the columns, for a variable that is checked as it is given. */
const TYPES: Readonly<Record<string, string>> = {
  tags: 'map(string)',
  transitive_tag_keys: 'set(string)',
  policy_arns: 'set(string)',
};

const objectType = (columns: readonly string[], rows: readonly Values[]): string => {
  const typeOf = (column: string): string => {
    const type = TYPES[column] ?? 'string';
    return rows.some((row) => row[column] === NULL) ? `optional(${type})` : type;
  };
  return `object({\n${columns.map((column) => `${column} = ${typeOf(column)}\n`).join('')}})`;
};

/** At least two members. */
export const forEachModel = (
  members: readonly Member[],
  options: TerraformOptions,
): Result<Pick<TerraformModel, 'providers' | 'variables' | 'examples' | 'locals'>> => {
  const [first] = members;
  const withToken = members.filter(({ provider }) => provider.webIdentity !== undefined);
  if (first === undefined || (withToken.length > 0 && withToken.length < members.length))
    return fail(
      problem('USAGE', 'one provider for all cannot enter some targets with a token and others without', {
        path: '--tofu',
        hints: [{ text: 'emit the two kinds apart, by their names, or leave out --tofu' }],
      }),
    );
  const roles = members.map(({ provider }) => provider.assumeRoles as unknown as readonly Values[]);
  const tokens = members.map(({ provider }) => (provider.webIdentity ?? {}) as unknown as Values);
  const roleKeys = keysOf(roles.flat());
  const tokenKeys = keysOf(tokens);
  const isFlat = withToken.length === 0 && roles.every((list) => list.length === 1);
  const rows = members.map(({ target }, index): Values => ({
    region: target.access.region,
    account_id: target.access.role.account,
    ...(isFlat ? rowOf(roles[index]?.[0] ?? {}, roleKeys) : {}),
    ...(withToken.length > 0 && { web_identity: rowOf(tokens[index] ?? {}, tokenKeys) }),
    ...(!isFlat && roleKeys.length > 0 && { assume_role: (roles[index] ?? []).map((role) => rowOf(role, roleKeys)) }),
    ...(target.exampleBucket !== undefined && { bucket: target.exampleBucket }),
  }));
  const targets = Object.fromEntries(members.map(({ target }, index) => [target.name, rows[index]]));
  const source = new Expression(options.hasVariables ? 'var.targets' : 'local.targets');
  const from = isFlat ? 'each.value' : 'assume_role.value';
  const provider: ProviderModel = {
    ...first.provider,
    name: 'target',
    alias: 'target',
    forEach: source,
    region: new Expression('each.value.region'),
    allowedAccountIds: [new Expression('each.value.account_id')],
    webIdentity:
      withToken.length === 0 ? undefined : (refer(tokenKeys, 'each.value.web_identity') as unknown as WebIdentityModel),
    assumeRoles: roleKeys.length === 0 ? [] : [refer(roleKeys, from) as unknown as AssumeRoleModel],
    assumeRoleForEach: isFlat || roleKeys.length === 0 ? undefined : new Expression('each.value.assume_role'),
  };
  const hasExample = members.some(({ target }) => target.exampleBucket !== undefined);
  return ok({
    locals: options.hasVariables ? undefined : { targets },
    variables: options.hasVariables
      ? [
          {
            name: 'targets',
            description: 'The target accounts, by name, and how each is entered',
            type: new Expression(isFlat ? `map(${objectType(Object.keys(rows[0] ?? {}), rows)})` : 'any'),
            value: targets,
          },
        ]
      : [],
    providers: [provider],
    examples: hasExample
      ? [
          {
            label: 'example',
            provider: new Expression('aws.target[each.key]'),
            forEach: source,
            bucket: new Expression('each.value.bucket'),
          },
        ]
      : [],
  });
};
