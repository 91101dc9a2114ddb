/** Looks for the longest session that STS gives, by halving: refusals here are ValidationErrors, and at most seven. */
import { CHAINED_SESSION_SECONDS, DEFAULT_SESSION_SECONDS } from '#domain/limits.ts';
import type { AssumeRoleRequest, Sessions } from './ports/sessions.ts';

const LONGEST_SECONDS = 43_200;
const QUARTER = 900;

type Works = (seconds: number) => Promise<boolean>;

/** The last step between `proved`, which works, and `refused`, which does not. */
const halve = async (proved: number, refused: number, works: Works): Promise<number> => {
  const middle = proved + Math.floor((refused - proved) / QUARTER / 2) * QUARTER;
  if (middle <= proved) return proved;
  return (await works(middle)) ? halve(middle, refused, works) : halve(proved, middle, works);
};

/** In seconds, exact to a quarter of an hour. The good request must have worked. `isChained`: by a session of another role. */
export const measureDuration = async (
  good: AssumeRoleRequest,
  isChained: boolean,
  sessions: Sessions,
  signal: AbortSignal | undefined,
): Promise<number> => {
  const works: Works = async (seconds) =>
    (await sessions.assumeRole({ ...good, sessionSeconds: seconds, probe: 'measure-duration' }, signal)).kind === 'assumed';
  // No role has a maximum below an hour.
  const proved = Math.max(DEFAULT_SESSION_SECONDS, good.sessionSeconds ?? 0);
  const longest = isChained ? CHAINED_SESSION_SECONDS : LONGEST_SECONDS;
  return proved >= longest || (await works(longest)) ? longest : halve(proved, longest, works);
};
