/** Every single value that a person can give, checked: the value, the reason and a way out in each refusal. No value depends on another here. */
import { isAccountId, parsePolicyArn, parseRoleArn, type RoleArn } from './arn.ts';
import { problem, type Hint } from './diagnostic.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { checkLimit, type LimitName } from './limits.ts';
import { partitionOfRegion } from './partition.ts';
import { fail, ok, type Result } from './result.ts';

/** A raw value and where it was given: `--role-arn`, `XACCT_ROLE_ARN`, `targets.dev.account in xacct.yaml`. */
export interface Given<T> {
  readonly value: T;
  readonly place: string;
  /** Of a pair `KEY=VALUE` from a map, whose key may have a `=` in it: how long the key is. */
  readonly keyLength?: number;
  /** Of a file that is named: what is in it, once somebody has read it. */
  readonly content?: string;
}

/** Where the `=` of a pair stands; -1 where there is none. */
export const splitOf = ({ value, keyLength }: Given<string>): number =>
  keyLength === undefined ? value.indexOf('=') : value.charAt(keyLength) === '=' ? keyLength : -1;

export type Field<T> = (given: Given<string>) => Result<T>;

export const refuse = (given: Given<string>, reason: string, ...hints: readonly Hint[]): Result<never> =>
  fail(problem('INVALID_VALUE', `"${given.value}" ${reason}`, { path: given.place, hints }));

export const parseAccount: Field<string> = (given) => {
  if (isAccountId(given.value)) return ok(given.value);
  const digits = given.value.replaceAll('-', '');
  return isAccountId(digits)
    ? refuse(given, 'has dashes: an account id is 12 digits', { text: `write ${digits}` })
    : refuse(given, `is not an account id: 12 digits are needed`, {
        text: 'ask AWS for the id of the account that you are in',
        command: 'aws sts get-caller-identity --query Account --output text',
      });
};

export const parseRole: Field<RoleArn> = (given) => {
  const role = parseRoleArn(given.value);
  if (role) return ok(role);
  return refuse(given, 'is not the ARN of an IAM role', { text: 'it looks like arn:aws:iam::222222222222:role/xacct-terraform' });
};

/** A policy that exists: the account's own, or AWS's (`arn:aws:iam::aws:policy/…`). */
export const parseAttachedPolicy: Field<string> = (given) =>
  parsePolicyArn(given.value)
    ? ok(given.value)
    : refuse(given, 'is not the ARN of a managed policy', {
        text: 'it looks like arn:aws:iam::aws:policy/ReadOnlyAccess',
        command: 'aws iam list-policies --query "Policies[].Arn"',
      });

export const parseRegion: Field<string> = (given) =>
  partitionOfRegion(given.value)
    ? ok(given.value)
    : refuse(given, 'is not an AWS region', { text: 'it looks like eu-central-1' });

/** Within AWS's bounds for the parameter; `allowed` says its pattern to a person. */
const limited =
  (name: LimitName, allowed: string, ...hints: readonly Hint[]): Field<string> =>
  (given) => {
    const fault = checkLimit(name, given.value);
    if (fault === undefined) return ok(given.value);
    if (fault.kind === 'pattern') return refuse(given, `has a character that AWS does not take here: ${allowed}`, ...hints);
    return refuse(
      given,
      `has ${given.value.length} characters: ${fault.constraint.replace('Member must have', 'AWS wants a')}`,
      ...hints,
    );
  };

const NAME_CHARACTERS = 'letters, digits and _ + = , . @ - are allowed';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const parseRoleName = limited('roleName', NAME_CHARACTERS);

/** The part of a managed policy's name that the user chooses; xacct puts the role's name before it. */
export const parsePolicyName = limited('policyName', NAME_CHARACTERS);

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, RoleSessionName */
export const parseSessionName = limited('roleSessionName', NAME_CHARACTERS);

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, ExternalId */
export const parseExternalId = limited('externalId', 'letters, digits and _ + = , . @ : / - are allowed, no spaces', {
  text: 'let xacct make one',
  command: 'xacct init --external-id generate',
});

/** Where tokens of CI systems and clusters enter. */
export const parseLayout: Field<'direct' | 'hub'> = (given) =>
  given.value === 'direct' || given.value === 'hub' ? ok(given.value) : refuse(given, 'is neither direct nor hub');

export const parseDescription = limited('roleDescription', 'only Latin-1 text is allowed');

/** The role's path, which is also the path of the policies that xacct makes, so both services' rules hold. */
export const parsePath: Field<string> = (given) =>
  /^\/([A-Za-z0-9.,+@=_-]+\/)*$/.test(given.value) && given.value.length <= 512
    ? ok(given.value)
    : refuse(given, 'is not a path: it begins and ends with /, with letters, digits and . , + @ = _ - between', {
        text: 'for example /ops/',
      });

const durationBetween =
  (min: number, max: number, range: string): Field<number> =>
  (given) => {
    const seconds = parseDuration(given.value);
    if (seconds === undefined) return refuse(given, 'is not a duration', { text: 'write 1h, 90m, 1h30m or seconds: 3600' });
    return seconds >= min && seconds <= max
      ? ok(seconds)
      : refuse(given, `is ${seconds} seconds: ${range}`, {
          text: `write one between ${formatDuration(min)} and ${formatDuration(max)}`,
        });
  };

export const parseMaxSessionDuration = durationBetween(3600, 43_200, "a role's maximum is between 1h and 12h");
export const parseSessionDuration = durationBetween(900, 43_200, 'a session lasts between 15m and 12h');
/** Of a job. */
export const parseRunDuration = durationBetween(60, 30 * 24 * 3600, 'a run takes between 1m and 720h');
export const parseTimeout = durationBetween(0, 600, 'waiting is limited to 10m');

/** `Key=Value`; https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export const parseTag: Field<readonly [key: string, value: string]> = (given) => {
  const split = splitOf(given);
  if (split < 1) return refuse(given, 'is not a tag', { text: 'write it as Key=Value' });
  const key = given.value.slice(0, split);
  const value = given.value.slice(split + 1);
  const fault = checkLimit('tagKey', key) ?? checkLimit('tagValue', value);
  if (fault?.kind === 'length') return refuse(given, 'is too long: 128 characters for the key, 256 for the value');
  if (fault) return refuse(given, 'has a character that AWS does not take in tags');
  if (/^aws:/i.test(key)) return refuse(given, 'begins with aws:, which AWS keeps for itself');
  if (/^xacct:/i.test(key)) return refuse(given, 'begins with xacct:, which marks what xacct made');
  return ok([key, value]);
};

/** A URL without who logs in, and the password with it; of what is no URL all before an `@`. */
export const withoutUser = (url: string): string => url.replace(/^([^/@]*\/\/)?.*@/s, '$1***@');

/** `http://host:port` or `https://host`, nothing after it but an optional path. */
export const parseEndpoint: Field<string> = ({ value, ...place }) => {
  const given = { ...place, value: withoutUser(value) };
  if (!URL.canParse(value)) return refuse(given, 'is not a URL', { text: 'it looks like http://127.0.0.1:4566' });
  const { protocol, username, password, search, hash } = new URL(value);
  if (protocol !== 'http:' && protocol !== 'https:') return refuse(given, 'is not an http or https URL');
  if (username !== '' || password !== '') return refuse(given, 'has more than a scheme, host, port and path');
  if (search !== '' || hash !== '') return refuse(given, 'has more than a scheme, host, port and path');
  return ok(value);
};
