/** Who else enters by a role of the source: to let in one more is to let it into their roles. Reads, only where a trust would change. */
import { isGrantName } from '#domain/desired.ts';
import { problem, type Diagnostic } from '#domain/diagnostic.ts';
import type { Change } from '#domain/plan.ts';
import type { Reading } from './observe.ts';
import { trustedBy, trustRiskOf } from './trust-risk.ts';

const SERVICE = /^[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

/** Roles that are there and would let in somebody whom they do not. A service that is let in again lets in nobody else. */
const opened = (changes: readonly Change[]): readonly string[] =>
  changes.flatMap(({ steps }) =>
    steps.flatMap(({ write, undo }) => {
      if (write.kind !== 'update-trust' || undo?.kind !== 'update-trust') return [];
      const { roleName, trustPolicy } = write;
      const letsIn = trustRiskOf(trustPolicy, undo.trustPolicy) === 'removes access';
      return letsIn && !trustedBy(trustPolicy).every((who) => SERVICE.test(who)) ? [roleName] : [];
    }),
  );

/** What nobody may read counts as nobody: the plan names it among what was not read. */
const strangersOn = async (name: string, { iam, attempt, options }: Reading): Promise<readonly string[]> => {
  const hung = await attempt(`the inline policies of role ${name}`, 'iam:ListRolePolicies', () => iam.listInline(name));
  const known = new Set(options.grants ?? []);
  return hung === 'unknown' ? [] : hung.filter((policy) => isGrantName(policy) && !known.has(policy));
};

export const hubConflicts = async (changes: readonly Change[], reading: Reading): Promise<readonly Diagnostic[]> => {
  const found = opened(changes).map(async (name): Promise<readonly Diagnostic[]> => {
    const strangers = await strangersOn(name, reading);
    if (strangers.length === 0) return [];
    return [
      problem(
        'NOT_OURS',
        `role ${name} lets whoever it trusts into roles of other set-ups, too (${strangers.join(', ')}): its trust is left as it is`,
        {
          path: 'source.trust',
          hints: [
            { text: 'enter by a hub of your own', command: `xacct init --hub-role ${name}-2` },
            { text: 'or describe all of them in one xacct.yaml' },
          ],
        },
      ),
    ];
  });
  return (await Promise.all(found)).flat();
};
