/** Who has to act, as a person calls them. */
import type { Actor } from '#domain/cause.ts';

export const ACTORS: Readonly<Record<Actor, string>> = {
  you: 'you',
  'source-admin': "the source account's administrator",
  'target-admin': "the target account's administrator",
  'org-admin': "the organization's administrator",
  network: 'whoever runs the network',
};
