/**
 * A refused request asked again, each time with one thing changed: which change lets it in tells the cause, where AWS does not. Each refusal
 * may be somebody's alarm, so this runs after a failed proof only, and asks for nothing that could not be it.
 */
import { parseSessionArn, parseUserArn } from '#domain/arn.ts';
import type { CauseCode } from '#domain/causes.ts';
import type { Situation } from './diagnosis.ts';
import { setting, unset, type RequestChange } from './request-change.ts';
import type { AssumeRoleRequest } from './ports/sessions.ts';

export interface Variation {
  readonly code: CauseCode;
  readonly request: AssumeRoleRequest;
  readonly change: RequestChange;
}

const GLOBAL_REGION = 'us-east-1';

/** What a trust policy likes to ask for: the user's name (`${aws:username}`), or the name of the session that calls. */
const ownName = (arn: string): string | undefined => parseUserArn(arn)?.name ?? parseSessionArn(arn)?.sessionName;

const variationsOf = ({ request, source, access }: Situation): readonly Variation[] => {
  const { externalId, tags, sourceIdentity, sessionName } = request;
  const own = ownName(source.arn);
  const all: readonly (Variation | false | undefined)[] = [
    externalId !== undefined && {
      code: 'EXTERNAL_ID_FORBIDDEN',
      request: omit(request, 'externalId'),
      change: unset('request.externalId'),
    },
    tags !== undefined && {
      code: 'SESSION_TAG_REFUSED',
      request: omit(request, 'tags', 'transitiveTagKeys'),
      change: unset('request.tags', 'request.transitiveTagKeys'),
    },
    sourceIdentity !== undefined && {
      code: 'SOURCE_IDENTITY_REFUSED',
      request: omit(request, 'sourceIdentity'),
      change: unset('request.sourceIdentity'),
    },
    own !== undefined &&
      own !== sessionName && {
        code: 'SESSION_NAME_REFUSED',
        request: { ...request, sessionName: own },
        change: setting('request.sessionName', own),
      },
    access.region !== GLOBAL_REGION &&
      access.role.partition === 'aws' && {
        code: 'REGION_REFUSED',
        request: { ...request, region: GLOBAL_REGION },
        change: setting('request.region', GLOBAL_REGION),
      },
  ];
  return all.filter((variation) => variation !== false && variation !== undefined);
};

const omit = (request: AssumeRoleRequest, ...keys: readonly (keyof AssumeRoleRequest)[]): AssumeRoleRequest =>
  Object.fromEntries(Object.entries(request).filter(([key]) => !keys.some((one) => one === key))) as unknown as AssumeRoleRequest;

/**
 * STS refuses another source identity than the session's own in the words of a missing permission. Where none is sent, the session that is
 * given has the caller's: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
export const hasOtherIdentity = async ({ request, sessions, denials, signal }: Situation): Promise<boolean> => {
  if (request.sourceIdentity === undefined || !denials.spend()) return false;
  const answer = await sessions.assumeRole({ ...omit(request, 'sourceIdentity'), probe: 'diagnosis' }, signal);
  return answer.kind === 'assumed' && (answer.sourceIdentity ?? request.sourceIdentity) !== request.sourceIdentity;
};

/** The first that gets in; its session is dropped unused. */
export const findVariation = async (situation: Situation): Promise<Variation | undefined> => {
  for (const variation of variationsOf(situation)) {
    if (!situation.denials.spend()) return undefined;
    const answer = await situation.sessions.assumeRole({ ...variation.request, probe: 'diagnosis' }, situation.signal);
    if (answer.kind === 'assumed') return variation;
  }
  return undefined;
};
