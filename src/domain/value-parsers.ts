/** What a good value is, for each of the table: one text, or one item of a list; of a map one `KEY=VALUE`. */
import * as condition from './condition-fields.ts';
import * as field from './fields.ts';
import type { Field } from './fields.ts';
import { namedFile } from './named-file.ts';
import { parsePrincipal } from './principal-request.ts';
import { ok } from './result.ts';
import type { Shape, TextValueName, ValueName } from './values.ts';

/** Of a choice there is no other, and a file is judged by what is in it. */
const plain: Field<string> = (given) => ok(given.value);

const policyName: Field<string> = (given) => field.parsePolicyName({ ...given, value: namedFile(given).name });

/** Presets are many, and half of what reading a set-up would load: parse-permissions.ts knows them. */
export type ParsedHere = Exclude<TextValueName, 'presets'>;

export const PARSERS = {
  sourceAccount: field.parseAccount,
  grantTo: parsePrincipal,
  instanceRole: field.parseRoleName,
  sourceTrust: parsePrincipal,
  hubRole: field.parseRoleName,
  sourcePermissionsBoundary: field.parseAttachedPolicy,
  layout: field.parseLayout,
  targetAccount: field.parseAccount,
  viaRole: condition.parseViaRole,
  roleArn: field.parseRole,
  roleName: field.parseRoleName,
  path: field.parsePath,
  description: field.parseDescription,
  trust: parsePrincipal,
  untrust: parsePrincipal,
  externalId: field.parseExternalId,
  maxSessionDuration: field.parseMaxSessionDuration,
  permissionsBoundary: field.parseAttachedPolicy,
  tags: field.parseTag,
  planTrust: parsePrincipal,
  sourceIps: condition.parseSourceIp,
  orgId: condition.parseOrgId,
  orgPaths: condition.parseOrgPath,
  requiredSourceIdentities: condition.parseSourceIdentity,
  sessionNamePrefix: condition.parseSessionNamePrefix,
  requiredSessionTags: condition.parseRequiredTag,
  policies: policyName,
  policyArns: field.parseAttachedPolicy,
  permissions: plain,
  region: field.parseRegion,
  sessionName: field.parseSessionName,
  duration: field.parseSessionDuration,
  sessionTags: condition.parseSessionTag,
  transitiveTags: condition.parseTagKey,
  sourceIdentity: condition.parseSourceIdentity,
  sessionPolicy: plain,
  sessionPolicyArns: field.parseAttachedPolicy,
} as const satisfies Record<ParsedHere, Field<unknown>>;

/** The same table without what differs from entry to entry. */
export const parserOf = (name: ParsedHere): Field<unknown> => PARSERS[name];

type ItemOf<N extends ValueName> = N extends ParsedHere ? ((typeof PARSERS)[N] extends Field<infer T> ? T : never) : never;

/** A value once it is parsed; undefined where nobody gave one. */
export type Parsed<N extends ValueName> =
  Shape<N> extends 'switch' ? boolean : (Shape<N> extends 'one' ? ItemOf<N> : readonly ItemOf<N>[]) | undefined;
