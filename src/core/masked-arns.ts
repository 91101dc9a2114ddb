/** ARNs whose account a log hides (GitHub Actions prints ***): remedies are found with a stand-in, and name it in capitals. Pure. */
import type { Fix } from '#domain/cause.ts';
import type { Refused } from './refusal-remedies.ts';

/** No accounts: AWS gives out none that begin with so many zeros. Each with the words that stand for it afterwards. */
const STAND_INS = { callerArn: ['000000000001', 'SOURCE_ACCOUNT_ID'], resource: ['000000000002', 'TARGET_ACCOUNT_ID'] } as const;
const HIDDEN_ROLE = `arn:aws:iam::${STAND_INS.resource[0]}:role/ROLE_NAME`;

const ACCOUNT = /^(arn:[\w-]+:(?:iam|sts)::)(?!\d{12}:)[^:]*(?=:)/;

const withStandIn = (arn: string, side: keyof typeof STAND_INS): string => arn.replace(ACCOUNT, `$1${STAND_INS[side][0]}`);

const named = (text: string): string =>
  Object.values(STAND_INS).reduce((clean, [account, words]) => clean.replaceAll(account, words), text);

const nameAll = (fix: Fix): Fix =>
  JSON.parse(JSON.stringify(fix), (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    return key === 'account' && named(value) !== value ? null : named(value);
  }) as Fix;

export const remediesDespiteMasks = (refused: Refused, remediesOf: (refused: Refused) => readonly Fix[]): readonly Fix[] => {
  const { callerArn, action, resource } = refused;
  const isHidden = action.startsWith('sts:') && /^\*+$/.test(resource ?? '');
  const readable = resource === undefined ? undefined : isHidden ? HIDDEN_ROLE : withStandIn(resource, 'resource');
  const remedies = remediesOf({
    ...refused,
    callerArn: withStandIn(callerArn, 'callerArn'),
    ...(readable !== undefined && { resource: readable }),
  });
  return remedies.map(nameAll);
};
