/** Whose credentials failed, and what comes next. */
import { describe, expect, test } from 'vitest';
import { problem, type Hint } from '#domain/diagnostic.ts';
import { isXacctError, XacctError } from '#domain/xacct-error.ts';
import { identify } from '#core/identify.ts';
import type { Sessions } from '#core/ports/sessions.ts';

const failing = (hints: readonly Hint[]): Pick<Sessions, 'identity'> => ({
  identity: () => Promise.reject(new XacctError(problem('NO_CREDENTIALS', 'none', { hints }))),
});

const hintsOf = async (hints: readonly Hint[]): Promise<readonly string[]> => {
  const error: unknown = await identify('source', failing(hints)).catch((thrown: unknown) => thrown);
  return isXacctError(error) ? (error.diagnostics[0]?.hints ?? []).map(({ text }) => text) : [];
};

describe('a side without credentials', () => {
  test('is told which flag names them', async () => {
    expect(await hintsOf([])).toEqual(['name the credentials of the source: --source-profile NAME']);
  });

  test('is told so after what renews those that it has', async () => {
    expect(await hintsOf([{ text: 'sign in' }])).toEqual([
      'sign in',
      'or name the credentials of the source: --source-profile NAME',
    ]);
  });
});
