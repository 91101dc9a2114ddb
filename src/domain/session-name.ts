/** The name of a session that nobody named: it begins as the role asks for, so that what is made by default is let in. */
import type { SpecInput } from './spec-input.ts';
import { VALUES } from './values.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const LONGEST = 64;

export const withSessionName = (input: SpecInput): SpecInput => {
  const { sessionName, sessionNamePrefix } = input;
  if (sessionName !== undefined || sessionNamePrefix === undefined) return input;
  const { value: prefix, place } = sessionNamePrefix;
  const name = VALUES.sessionName.default;
  const joint = /\w$/.test(prefix) ? '-' : '';
  const value = name.startsWith(prefix) ? name : `${prefix}${joint}${name}`.slice(0, LONGEST);
  return { ...input, sessionName: { value, place } };
};
