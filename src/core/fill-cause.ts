/** A cause of the one table (domain/causes.ts) with its blanks filled in: the explanation and the remedy. Pure. */
import { parseArn, parseRoleArn } from '#domain/arn.ts';
import type { Fix } from '#domain/cause.ts';
import { CAUSES, type CauseCode, type CauseMeaning } from '#domain/causes.ts';
import type { KnownRefusal } from '#domain/found-refusal.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { RefusalExplanation } from './refusal-explanation.ts';

/** What fills the blanks. */
export interface CauseSubject {
  readonly subject: string | null;
  readonly roleArn: string | null;
}

export interface FilledCause {
  readonly code: CauseCode;
  readonly explanation: string;
  readonly fix: Fix;
}

const accountOf = ({ actor }: CauseMeaning, code: CauseCode, { subject, roleArn }: CauseSubject): string | null => {
  if (code === 'STS_REGION_DISABLED') return subject;
  if (code === 'INVALID_PRINCIPAL' || code === 'WRONG_TARGET') return parseArn(subject ?? '')?.account || null;
  return actor === 'target-admin' ? (parseArn(roleArn ?? '')?.account ?? null) : null;
};

export const fillCause = (code: CauseCode, about: CauseSubject): FilledCause => {
  const meaning = CAUSES[code];
  const { subject, roleArn } = about;
  const filled = (text: string, named: string = subject ?? 'it', role: string | null = roleArn): string =>
    text
      .replaceAll('ROLE_ARN', () => role ?? 'ROLE_ARN')
      .replaceAll(/\bROLE\b/g, parseRoleArn(roleArn ?? '')?.name ?? 'ROLE_NAME')
      .replaceAll('SUBJECT', () => named);
  const command = (text: string): string =>
    filled(text, shellWord(subject ?? 'SUBJECT'), roleArn === null ? null : shellWord(roleArn));
  const fix: Fix = {
    actor: meaning.actor,
    account: accountOf(meaning, code, about),
    summary: filled(meaning.summary),
    change: null,
    command: meaning.command === undefined ? null : command(meaning.command),
    hcl: meaning.hcl === undefined ? null : filled(meaning.hcl),
    ...(meaning.xacct !== undefined && { xacct: command(meaning.xacct) }),
    message: null,
  };
  return { code, explanation: filled(meaning.explanation), fix };
};

export const explainKnown = (
  code: KnownRefusal,
  subject: string | null,
  roleArn: string | null,
): Omit<RefusalExplanation, 'sentence' | 'line' | 'times'> => {
  // A program's own heading names the role in question.
  const role = code === 'ASSUME_FAILED' ? (subject ?? roleArn) : roleArn;
  const { explanation, fix } = fillCause(code, { subject, roleArn: role });
  const { layer } = CAUSES[code];
  return { code, caller: null, action: null, resource: role, layer, explanation, remedies: [fix] };
};
