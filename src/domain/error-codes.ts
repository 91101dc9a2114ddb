/** The one table of error codes: each code's kind, the exit status of its kind, and the default hint. The table of docs/exit-statuses.md is made from it. */

/** Exit statuses are a contract: see docs/architecture.md. */
export const EXIT_STATUS = {
  usage: 2,
  credentials: 3,
  refused: 4,
  conflict: 5,
  partial: 6,
  unreachable: 7,
  declined: 9,
  interrupted: 130,
  negative: 1,
  bug: 70,
} as const;

export type ErrorKind = keyof typeof EXIT_STATUS;

interface CodeEntry {
  readonly kind: ErrorKind;
  /** What the code means, one line, for docs/exit-statuses.md. */
  readonly meaning: string;
  /** The way out where a diagnostic names none of its own. */
  readonly hint?: { readonly text: string; readonly command?: string };
}

const codes = {
  USAGE: { kind: 'usage', meaning: 'a flag is unknown, missing or contradicts another' },
  INVALID_VALUE: {
    kind: 'usage',
    meaning: 'a value has the wrong form (account id, ARN, duration, name, …)',
    hint: { text: 'see what each option takes', command: 'xacct init --help' },
  },
  INVALID_POLICY: {
    kind: 'usage',
    meaning: 'a policy file is not JSON, or not a policy document',
    hint: {
      text: 'AWS checks a document too',
      command: 'aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY --policy-document file://FILE',
    },
  },
  INVALID_CONFIG: {
    kind: 'usage',
    meaning: 'xacct.yaml is not YAML, or has an unknown key or a wrong value',
    hint: { text: 'correct that line of the file, then look at what would happen', command: 'xacct init --dry-run' },
  },
  INVALID_TEMPLATE: {
    kind: 'usage',
    meaning: 'a template of `emit-tf --template` is broken, or asks for what the model does not have',
  },
  POLICY_TOO_LONG: {
    kind: 'usage',
    meaning: 'a statement is longer than a managed policy, or a role would have too many policies (a warning from ten on)',
  },
  ADMIN_ACCESS: {
    kind: 'usage',
    meaning: 'permissions make the role an administrator: an error without `--allow-admin`, a warning with it',
  },
  INVALID_HANDOFF: { kind: 'usage', meaning: 'a hand-off is not exactly one step as xacct writes it' },
  FILE_UNREADABLE: { kind: 'usage', meaning: 'a file that was named cannot be read' },
  FILE_UNWRITABLE: { kind: 'usage', meaning: 'a file cannot be written' },
  MIXED_PARTITIONS: { kind: 'usage', meaning: 'the two accounts are in different partitions (aws, aws-cn, aws-us-gov)' },
  NO_CREDENTIALS: { kind: 'credentials', meaning: 'no credentials were found' },
  BAD_CREDENTIALS: {
    kind: 'credentials',
    meaning: 'AWS does not accept the credentials (unknown key, wrong secret, skewed clock)',
  },
  EXPIRED_CREDENTIALS: { kind: 'credentials', meaning: 'the credentials have expired' },
  WRONG_ACCOUNT: { kind: 'credentials', meaning: 'the credentials belong to another account than the one expected' },
  SHADOWED_CREDENTIALS: {
    kind: 'credentials',
    meaning: 'the environment holds other credentials than those that are proved, and Terraform may take them (warning)',
  },
  METADATA_SKIPPED: {
    kind: 'credentials',
    meaning:
      'a Terraform file has `skip_metadata_api_check`, so Terraform does not find the role of the instance that is proved (warning)',
  },
  TARGET_AS_SOURCE: { kind: 'credentials', meaning: "the target's own credentials were used as the source" },
  AWS_REFUSED: { kind: 'refused', meaning: 'AWS refused a read or a write of init' },
  NOT_OURS: { kind: 'conflict', meaning: 'a role, policy or file of that name exists and xacct did not make it' },
  STALE: { kind: 'conflict', meaning: 'something appeared or changed after the plan was made' },
  WRONG_HANDOFF: { kind: 'conflict', meaning: 'a hand-off is not the file whose SHA-256 was named' },
  LOCKED: { kind: 'conflict', meaning: 'another run of xacct works in this folder' },
  PARTIAL: { kind: 'partial', meaning: 'a failed run could not undo everything; what remains is listed' },
  UNREACHABLE: { kind: 'unreachable', meaning: 'no answer: network, DNS, proxy, TLS, or throttled until the budget was spent' },
  DECLINED: { kind: 'declined', meaning: 'the question was answered with no' },
  QUESTION_WITHOUT_TERMINAL: { kind: 'declined', meaning: 'a confirmation was needed and there is no terminal' },
  INTERRUPTED: {
    kind: 'interrupted',
    meaning: 'Ctrl-C, or a signal; what this run had made was taken back, unless only the proof was left',
  },
  NOT_PROVED: {
    kind: 'negative',
    meaning: 'the role was made, and nobody proved it: the credentials of the source were not given',
  },
  NOT_GRANTED: {
    kind: 'negative',
    meaning: "somebody who is trusted was not let assume the role from here: their account's administrator must (warning)",
  },
  MISSING_READS: {
    kind: 'negative',
    meaning: 'a policy may create what it may not read, so Terraform fails halfway (warning)',
  },
  TAKEN_BACK: { kind: 'interrupted', meaning: 'a run that failed or was stopped took back all that it had made (a note)' },
  CUT_OFF: {
    kind: 'partial',
    meaning: 'an earlier run was killed in the middle of a call; this one looks at what came of it (warning)',
  },
  ROLE_LOCKED: { kind: 'conflict', meaning: 'the role is locked: nobody gets in until `xacct unlock` (warning)' },
  NOT_COMPARED: {
    kind: 'negative',
    meaning: "a hand-off was accepted, and nobody compared its SHA-256 with the one that its author's xacct printed (warning)",
  },
  HELD_BACK: { kind: 'negative', meaning: 'a change would remove access: it waits for --prune (warning)' },
  ASSUMED_VALUE: { kind: 'usage', meaning: 'a value that nobody named was taken (warning)' },
  RECENTLY_USED: { kind: 'conflict', meaning: 'a role that is to be removed was used within 7 days (warning)' },
  NOT_SENT: { kind: 'usage', meaning: 'the role asks for something of a session that the set-up does not send (warning)' },
  NOT_SAVED: { kind: 'usage', meaning: 'flags counted for one run, the file was not changed (warning)' },
  BUG: { kind: 'bug', meaning: 'a fault in xacct itself' },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof codes;

export const ERROR_CODES: Readonly<Record<ErrorCode, CodeEntry>> = codes;

/** None for most codes: their diagnostics name a way out of their own. */
export const defaultHintOf = (code: ErrorCode): CodeEntry['hint'] => ERROR_CODES[code].hint;

/** From the mildest to the gravest: with several targets the gravest counts. */
const GRAVITY: readonly number[] = [
  0,
  EXIT_STATUS.negative,
  EXIT_STATUS.declined,
  EXIT_STATUS.usage,
  EXIT_STATUS.credentials,
  EXIT_STATUS.conflict,
  EXIT_STATUS.refused,
  EXIT_STATUS.unreachable,
  EXIT_STATUS.interrupted,
  EXIT_STATUS.partial,
  EXIT_STATUS.bug,
];

export const gravestOf = (statuses: readonly number[]): number =>
  statuses.reduce((worst, status) => (GRAVITY.indexOf(status) > GRAVITY.indexOf(worst) ? status : worst), 0);

export const exitStatusOf = (code: ErrorCode): number => EXIT_STATUS[codes[code].kind];
