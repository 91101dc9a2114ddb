/** The permissions boundary under which a role may make roles of its own: refused where such a role could undo the guard of its maker. Reads only. */
import { waysAround } from '#domain/boundary-hold.ts';
import { problem, warning, type Diagnostic } from '#domain/diagnostic.ts';
import { makesRoles } from '#domain/presets.ts';
import type { Spec } from '#domain/spec.ts';
import { shellWord } from '#domain/shell-word.ts';
import type { Unread } from '#domain/unread.ts';
import type { AccountIam } from './ports/account-iam.ts';
import { attemptIn } from './unread.ts';

const MOST_NAMED = 3;

const named = (ways: readonly string[]): string => {
  const more = ways.length > MOST_NAMED ? `, and ${ways.length - MOST_NAMED} more` : '';
  return `${ways.slice(0, MOST_NAMED).join(', ')}${more}`;
};

/** What is wrong with it; undefined: nothing. */
const faultOf = async (spec: Spec, boundary: string, iam: AccountIam): Promise<string | undefined> => {
  const { partition, targetAccount: account, role } = spec;
  const unread: Unread[] = [];
  const found = await attemptIn(account, unread)(`policy ${boundary}`, 'iam:GetPolicy', () => iam.readPolicy(boundary));
  if (found === undefined) return `there is no policy ${boundary}`;
  const makes = `roles that ${role.name} makes are held by ${boundary} alone, and`;
  if (found === 'unknown') return `${makes} that may not be read: ${unread.map(({ reason }) => reason).join(', ')}`;
  const ways = waysAround(found.document, { partition, account, role, boundary });
  return ways.length === 0 ? undefined : `${makes} it leaves them a way round the guard of power-user: ${named(ways)}`;
};

/** An error without `--allow-admin`, a warning with it; nothing where no boundary has to hold anything. */
export const judgeBoundary = async (spec: Spec, iam: AccountIam): Promise<readonly Diagnostic[]> => {
  const { permissionsBoundary: boundary } = spec.role;
  const { presets, isAdminAllowed } = spec.permissions;
  if (boundary === undefined || !makesRoles(presets)) return [];
  const fault = await faultOf(spec, boundary, iam);
  if (fault === undefined) return [];
  if (isAdminAllowed) return [warning('ADMIN_ACCESS', fault)];
  const hints = [
    {
      text: "make it of the preset's own document, which holds as a boundary",
      command: `xacct presets power-user --permissions-boundary ${shellWord(boundary)} --json`,
    },
    { text: 'without a boundary it makes no roles, and none is needed' },
    { text: 'or say that this is meant: --allow-admin' },
  ];
  return [problem('ADMIN_ACCESS', fault, { path: '--permissions-boundary', hints })];
};
