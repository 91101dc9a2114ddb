/** How long a job can run before its source credentials die. Terraform renews the role's session by itself, so the duration does not bound it. Pure. */
import { formatDuration } from '#domain/duration.ts';
import type { LongestRun } from '#domain/verify-report.ts';
import type { CredentialLife } from './ports/sessions.ts';

const MS = 1000;

/** `now` in epoch milliseconds. */
export const longestRun = (life: CredentialLife, now: number): LongestRun => {
  switch (life.kind) {
    case 'permanent':
      return { isKnown: true, seconds: null, reason: 'long-term keys do not expire' };
    case 'renewed':
      return { isKnown: true, seconds: null, reason: life.by };
    case 'fixed': {
      if (life.expiresAt === null)
        return { isKnown: false, seconds: null, reason: 'the credentials expire, and nothing here says when' };
      const seconds = Math.max(0, Math.floor((life.expiresAt - now) / MS));
      return {
        isKnown: true,
        seconds,
        reason: `the credentials expire in ${formatDuration(seconds)}, and nothing renews them`,
      };
    }
  }
};
