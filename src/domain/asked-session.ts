/** What nobody said of the session, and the role asks for: sent as it asks, so that what is made by default is let in. */
import { splitOf, type Given } from './fields.ts';
import { parsePrincipal } from './principal-request.ts';
import type { SpecInput } from './spec-input.ts';
import { VALUES } from './values.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const LONGEST = 64;

const nameAsAsked = ({ sessionName, sessionNamePrefix }: SpecInput): SpecInput['sessionName'] => {
  if (sessionName !== undefined || sessionNamePrefix === undefined) return sessionName;
  const { value: prefix, place } = sessionNamePrefix;
  const name = VALUES.sessionName.default;
  const joint = /\w$/.test(prefix) ? '-' : '';
  return { value: name.startsWith(prefix) ? name : `${prefix}${joint}${name}`.slice(0, LONGEST), place };
};

const keyOf = (given: Given<string>): string => {
  const split = splitOf(given);
  return (split === -1 ? given.value : given.value.slice(0, split)).toLowerCase();
};

/** One that may have any value is for a person to choose. */
const tagsAsAsked = ({ sessionTags = [], requiredSessionTags = [] }: SpecInput): SpecInput['sessionTags'] => {
  const said = new Set(sessionTags.map(keyOf));
  const missing = requiredSessionTags.filter((given) => splitOf(given) !== -1 && !said.has(keyOf(given)));
  return missing.length === 0 ? undefined : [...sessionTags, ...missing];
};

/** Of several, each is somebody. */
const identityAsAsked = ({ sourceIdentity, requiredSourceIdentities = [] }: SpecInput): SpecInput['sourceIdentity'] =>
  sourceIdentity ?? (requiredSourceIdentities.length === 1 ? requiredSourceIdentities[0] : undefined);

/** A token says tags and identity by its claims: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const isForTokens = ({ trust = [], sourceTrust = [] }: SpecInput): boolean =>
  sourceTrust.length === 0 &&
  trust.length > 0 &&
  trust.every((given) => {
    const parsed = parsePrincipal(given);
    return parsed.ok && parsed.value.kind === 'oidc';
  });

export const withAskedSession = (input: SpecInput): SpecInput => {
  const named = { ...input, sessionName: nameAsAsked(input) };
  const isAsking = input.requiredSessionTags !== undefined || input.requiredSourceIdentities !== undefined;
  if (!isAsking || isForTokens(input)) return named;
  return { ...named, sessionTags: tagsAsAsked(input) ?? input.sessionTags, sourceIdentity: identityAsAsked(input) };
};
