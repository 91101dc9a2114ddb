/** The credential report: a line for the root user and for each user, as CSV ("Generate credential reports", IAM User Guide). */
import { AwsError } from '#sandbox/errors.ts';
import type { AccessKey, User } from '#sandbox/model/account.ts';
import { formatTimestamp } from '#sandbox/wire/encode.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import type { Call, Handlers } from './handler.ts';
import { devicesOf } from './mfa-devices.ts';

type ReportOperations = Pick<IamOperations, 'GenerateCredentialReport' | 'GetCredentialReport'>;

const KEY_COLUMNS = ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'];
const HEADER = [
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active',
  ...['1', '2'].map((number) => KEY_COLUMNS.map((column) => `access_key_${number}_${column}`).join(',')),
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
].join(',');

// AWS's own zone notation here.
const when = (at: number | undefined, otherwise = 'N/A'): string =>
  at === undefined ? otherwise : formatTimestamp(at).replace(/Z$/, '+00:00');

const keyCells = (key: AccessKey | undefined): readonly string[] => [
  String(key?.status === 'Active'),
  when(key?.createdAt),
  when(key?.lastUsed?.at),
  key?.lastUsed?.region ?? 'N/A',
  key?.lastUsed?.service ?? 'N/A',
];

const NO_CERTIFICATES = ['false', 'N/A', 'false', 'N/A'];

const userLine = (call: Call, user: User): string =>
  [
    user.name,
    user.arn,
    when(user.createdAt),
    String(user.login !== undefined),
    user.login === undefined ? 'N/A' : 'no_information',
    when(user.login?.createdAt),
    'N/A',
    String(devicesOf(call, user).length > 0),
    ...keyCells(user.keys[0]),
    ...keyCells(user.keys[1]),
    ...NO_CERTIFICATES,
  ].join(',');

const rootLine = ({ account, world }: Call): string => {
  const keys = [...world.rootKeys.values()].filter((key) => key.account === account).length;
  const key = (place: number) => [String(keys > place), ...Array.from({ length: KEY_COLUMNS.length - 1 }, () => 'N/A')];
  const cells = ['not_supported', 'no_information', 'not_supported', 'not_supported', 'false'];
  const arn = `arn:${account.partition}:iam::${account.id}:root`;
  return ['<root_account>', arn, when(account.createdAt), ...cells, ...key(0), ...key(1), ...NO_CERTIFICATES].join(',');
};

const anywhere = (action: string) => () => [{ action: `iam:${action}`, resource: '*' }];

export const credentialReportHandlers: Handlers<ReportOperations> = {
  // Done at once; AWS takes some seconds, and makes one every four hours at most.
  GenerateCredentialReport: {
    permissions: anywhere('GenerateCredentialReport'),
    run: (_input, call) => {
      const isNew = call.account.credentialReport === undefined;
      const lines = [...call.account.users.values()].map((user) => userLine(call, user));
      const text = [HEADER, rootLine(call), ...lines].join('\n');
      call.account.credentialReport = { text, at: call.world.clock.now() };
      return {
        State: isNew ? 'STARTED' : 'COMPLETE',
        ...(isNew && { Description: 'No report exists. Starting a new report generation task' }),
      };
    },
  },
  GetCredentialReport: {
    permissions: anywhere('GetCredentialReport'),
    run: (_input, { account }) => {
      if (account.credentialReport === undefined)
        throw new AwsError('ReportNotPresent', 'No report is present. Generate one with GenerateCredentialReport.');
      const { text, at } = account.credentialReport;
      return { Content: text, ReportFormat: 'text/csv', GeneratedTime: at };
    },
  },
};
