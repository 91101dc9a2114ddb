/**
 * What Terraform reads right after it made something, and before each plan. A policy that may create and not read fails halfway through an
 * apply: the thing is there, tainted, and cannot be taken away. Recorded from AWS provider 5.100 (test/e2e/presets.test.ts holds S3's row).
 */
import { coversAction } from './covers.ts';
import { warning, type Diagnostic } from './diagnostic.ts';
import { statementsOf } from './policy-document.ts';
import { BUCKET_REFRESH_READS } from './preset-s3.ts';
import type { NamedPolicy } from './spec.ts';

interface RefreshRow {
  readonly type: string;
  readonly creates: string;
  readonly reads: readonly string[];
  readonly hint?: { readonly text: string; readonly command: string };
}

const REFRESH_READS: readonly RefreshRow[] = [
  {
    type: 'aws_s3_bucket',
    creates: 's3:CreateBucket',
    reads: BUCKET_REFRESH_READS,
    hint: { text: 'a preset that has them all', command: 'xacct init --preset s3-bucket:NAME' },
  },
];

/** More than a few are better counted than listed. */
const MOST_NAMED = 4;

const listed = (actions: readonly string[]): string =>
  actions.length <= MOST_NAMED
    ? actions.join(', ')
    : `${actions.slice(0, MOST_NAMED).join(', ')} and ${actions.length - MOST_NAMED} more`;

/** By the actions alone: resources and conditions are not compared, so a warning is sure and silence is not. */
export const missingReads = (policies: readonly NamedPolicy[]): readonly Diagnostic[] => {
  const allows = policies.flatMap(({ document }) => statementsOf(document)).filter(({ Effect }) => Effect === 'Allow');
  const isAllowed = (action: string): boolean => allows.some((statement) => coversAction(statement, action));
  return REFRESH_READS.flatMap(({ type, creates, reads, hint }) => {
    const missing = isAllowed(creates) ? reads.filter((action) => !isAllowed(action)) : [];
    if (missing.length === 0) return [];
    const text = `${creates} is allowed, and ${missing.length} of the ${reads.length} reads by which Terraform refreshes ${type} are not: ${listed(missing)}; apply would fail after the thing is made`;
    const all = { text: `allow them too: ${missing.join(', ')}` };
    return [warning('MISSING_READS', text, hint === undefined ? [all] : [all, hint])];
  });
};
