/** The values of `role.conditions` and of `permissionsBoundary`, checked one by one as in fields.ts. */
import { refuse, splitOf, type Field } from './fields.ts';
import { checkLimit } from './limits.ts';
import { ok } from './result.ts';

/** Private, of this host, shared by carriers, multicast and reserved: https://www.iana.org/assignments/iana-ipv4-special-registry */
const NOT_PUBLIC_V4 =
  /^(0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|2(2[4-9]|[345]\d)\.)/;
/** All that is global unicast: 2000::/3, in the short form. */
const PUBLIC_V6 = /^\[[23][0-9a-f]{3}:/;
/** What one organization may have; shorter ranges let in strangers. */
const SHORTEST_PREFIX = { 32: 8, 128: 16 } as const;

const isV4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
};

/** In its short form, in brackets, as URL reads it: the one parser of IPv6 that is at hand everywhere. */
const shortV6 = (text: string): string | undefined => {
  const host = `http://[${text}]`;
  return /^[0-9a-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(host) ? new URL(host).hostname : undefined;
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip */
export const parseSourceIp: Field<string> = (given) => {
  const [address = '', bits, ...more] = given.value.split('/');
  const v6 = shortV6(address);
  const size = isV4(address) ? 32 : v6 === undefined ? undefined : 128;
  if (size === undefined || more.length > 0)
    return refuse(given, 'is not an address or a range of addresses', { text: 'it looks like 203.0.113.7 or 203.0.113.0/24' });
  if (bits !== undefined && (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > size))
    return refuse(given, `has no such range: /0 to /${size} is`);
  if (bits !== undefined && Number(bits) < SHORTEST_PREFIX[size])
    return refuse(given, bits === '0' ? 'is every address there is' : 'is a large part of all addresses there are', {
      text: 'leave it out, or name the addresses that calls come from',
    });
  if (v6?.startsWith('[::ffff:') === true)
    return refuse(given, 'is an IPv4 address in the form of IPv6', { text: 'write it as AWS sees it, such as 203.0.113.7' });
  if (v6 === undefined ? NOT_PUBLIC_V4.test(address) : !PUBLIC_V6.test(v6))
    return refuse(given, 'is private or reserved: AWS sees the public address that a call comes from', {
      text: 'find it from where Terraform runs',
      command: 'curl https://checkip.amazonaws.com',
    });
  return ok(given.value);
};

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
export const parseOrgId: Field<string> = (given) =>
  /^o-[a-z0-9]{10,32}$/.test(given.value)
    ? ok(given.value)
    : refuse(given, 'is not the id of an organization', {
        text: 'ask for it in an account of the organization',
        command: 'aws organizations describe-organization --query Organization.Id --output text',
      });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths */
export const parseOrgPath: Field<string> = (given) =>
  /^o-[a-z0-9]{10,32}\/r-[0-9a-z]{4,32}\/(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}\/)*\*?$/.test(given.value)
    ? ok(given.value)
    : refuse(given, 'is not a path of an organization', {
        text: 'it looks like o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ for one unit, with * at the end for all below it',
      });

const WILDCARD = /[*?]/;

export const parseSessionNamePrefix: Field<string> = (given) =>
  !WILDCARD.test(given.value) && given.value.length < 64 && /^[\w+=,.@-]+$/.test(given.value)
    ? ok(given.value)
    : refuse(given, 'is not the beginning of a session name', {
        text: 'letters, digits and _ + = , . @ - are allowed, up to 63',
      });

export const parseSourceIdentity: Field<string> = (given) =>
  checkLimit('sourceIdentity', given.value) === undefined
    ? ok(given.value)
    : refuse(given, 'is not a source identity', { text: '2 to 64 letters, digits and _ + = , . @ -' });

const tagFault = (key: string, value: string): string | undefined => {
  const fault = checkLimit('tagKey', key) ?? checkLimit('tagValue', value);
  if (fault?.kind === 'length') return 'is too long: 128 characters for the key, 256 for the value';
  if (fault) return 'has a character that AWS does not take in tags';
  return /^aws:/i.test(key) ? 'begins with aws:, which AWS keeps for itself' : undefined;
};

/** `K` with any value, or `K=V`. */
export const parseRequiredTag: Field<readonly [key: string, value: string | undefined]> = (given) => {
  const split = splitOf(given);
  const key = split === -1 ? given.value : given.value.slice(0, split);
  const value = split === -1 ? undefined : given.value.slice(split + 1);
  const fault = tagFault(key, value ?? '');
  return fault === undefined ? ok([key, value]) : refuse(given, fault);
};

/** `K=V`; https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
export const parseSessionTag: Field<readonly [key: string, value: string]> = (given) => {
  const split = splitOf(given);
  if (split < 1) return refuse(given, 'is no tag', { text: 'write it as Key=Value' });
  const [key, value] = [given.value.slice(0, split), given.value.slice(split + 1)];
  const fault = tagFault(key, value);
  return fault === undefined ? ok([key, value]) : refuse(given, fault);
};

export const parseTagKey: Field<string> = (given) => {
  const fault = tagFault(given.value, '');
  return fault === undefined ? ok(given.value) : refuse(given, fault);
};

/** The name of a role of the account that is entered, or its ARN. */
export const parseViaRole: Field<string> = (given) =>
  checkLimit('roleName', given.value) === undefined || /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(given.value)
    ? ok(given.value)
    : refuse(given, 'is neither the name of a role nor its ARN', { text: 'for example OrganizationAccountAccessRole' });
