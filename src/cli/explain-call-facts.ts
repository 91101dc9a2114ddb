/** What only AWS sees of a call and the person said, as facts of a scenario, and which condition keys they make known. */
import { problem } from '#domain/diagnostic.ts';
import type { Given } from '#domain/fields.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { parseAddress } from '#policy/address.ts';
import { parseInstant } from '#policy/instants.ts';
import type { AssumeRoleRequest, Caller } from '#policy/scenario.ts';
import type { GivenList } from '#domain/spec-input.ts';
import type { Input } from './command.ts';

export interface CallFacts {
  readonly caller: Pick<Caller, 'sourceIp' | 'mfa' | 'orgId' | 'tags'>;
  readonly request: Pick<AssumeRoleRequest, 'region'>;
  readonly time: string | undefined;
  /** In lower case. */
  readonly known: readonly string[];
}

const refuse = ({ value, place }: Given<string>, what: string, hint: string): XacctError =>
  new XacctError(problem('INVALID_VALUE', `"${value}" is no ${what}`, { path: place, hints: [{ text: hint }] }));

/** Throws INVALID_VALUE. */
const pairsOf = (given: GivenList): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (given ?? []).map(({ value, place }) => {
      const at = value.indexOf('=');
      if (at > 0) return [value.slice(0, at), value.slice(at + 1)] as const;
      throw new XacctError(
        problem('INVALID_VALUE', `"${value}" is no tag`, { path: place, hints: [{ text: 'write it as Key=Value' }] }),
      );
    }),
  );

/** `region`: undefined where nobody said which one; the SDK may find one that is not known here. */
export const readCallFacts = (input: Input, region: string | undefined): CallFacts => {
  const address = input.text('source-ip');
  if (address !== undefined && parseAddress(address.value) === undefined)
    throw refuse(address, 'IP address', 'it looks like 203.0.113.7 or 2001:db8::7; a range is no address');
  const org = input.text('org');
  if (org !== undefined && !/^o-[a-z0-9]{10,32}$/.test(org.value))
    throw refuse(org, 'id of an organization', 'it looks like o-a1b2c3d4e5');
  const time = input.text('time');
  if (time !== undefined && parseInstant(time.value) === undefined)
    throw refuse(time, 'time in ISO 8601', 'it looks like 2026-01-31T12:00:00Z');
  const mfa = input.text('mfa')?.value;
  const tags = pairsOf(input.list('principal-tag'));
  return {
    caller: {
      ...(address !== undefined && { sourceIp: address.value }),
      ...(mfa !== undefined && { mfa: mfa === 'yes' }),
      ...(org !== undefined && { orgId: org.value }),
      ...(Object.keys(tags).length > 0 && { tags }),
    },
    request: region === undefined ? {} : { region },
    time: time?.value,
    known: [
      ...(address === undefined ? [] : ['aws:sourceip']),
      ...(mfa === undefined ? [] : ['aws:multifactorauthpresent']),
      ...(mfa === 'no' ? ['aws:multifactorauthage'] : []),
      ...(org === undefined ? [] : ['aws:principalorgid']),
      ...(region === undefined ? [] : ['aws:requestedregion']),
      ...Object.keys(tags).map((key) => `aws:principaltag/${key.toLowerCase()}`),
    ],
  };
};
