/** Targets of the file or of the flags with all that is made for them, offline. */
import { compile } from '#domain/compile.ts';
import { parseSpecRequest } from '#domain/parse-spec.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { settleOffline } from '#core/settle-offline.ts';
import type { MadeTarget } from '#emit/emitted.ts';
import type { Context } from './context.ts';
import { NOT_GENERATED } from './external-id.ts';
import type { Target } from './targets.ts';

/** Throws XacctError with every problem of the target. */
export const makeOffline = async ({ input }: Target, context: Context): Promise<MadeTarget> => {
  const request = parseSpecRequest(input, NOT_GENERATED);
  if (!request.ok) throw XacctError.of(request.diagnostics);
  const spec = await settleOffline(request.value, context.reporter);
  return { name: input.name, spec, desired: compile(spec) };
};
