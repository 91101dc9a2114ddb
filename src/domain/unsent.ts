/** What the role asks of a session and this set-up does not send: it would be made, and let nobody in. Pure. */
import type { SpecRequest } from './parse-spec.ts';

export interface Unsent {
  /** What the role asks for. */
  readonly what: string;
  /** Flags that would send it; capitals are for a person to fill in. */
  readonly flags: readonly string[];
}

/** Nothing where tokens alone are let in: they say it by their claims. */
export const unsentBy = ({ role, session, source }: SpecRequest): readonly Unsent[] => {
  const { conditions, trust } = role;
  if (source.trust.length === 0 && trust.every(({ kind }) => kind === 'oidc')) return [];
  const sent = new Map(Object.entries(session.tags).map(([key, value]) => [key.toLowerCase(), value]));
  const tags = Object.entries(conditions.sessionTags).filter(([key, value]) => {
    const own = sent.get(key.toLowerCase());
    return own === undefined || (value !== undefined && value !== own);
  });
  const { sourceIdentities, sessionNamePrefix: prefix } = conditions;
  const isAnother = sourceIdentities.length > 0 && !sourceIdentities.some((identity) => identity === session.sourceIdentity);
  return [
    ...tags.map(([key, value]) => ({
      what: value === undefined ? `a session tag ${key}` : `the session tag ${key}=${value}`,
      flags: ['--session-tag', `${key}=${value ?? 'VALUE'}`],
    })),
    ...(isAnother
      ? [
          {
            what: `the source identity ${sourceIdentities.join(' or ')}`,
            flags: ['--source-identity', sourceIdentities[0] ?? ''],
          },
        ]
      : []),
    ...(prefix === undefined || session.name.startsWith(prefix)
      ? []
      : [{ what: `a session name that begins with ${prefix}`, flags: ['--session-name', `${prefix}NAME`] }]),
  ];
};
