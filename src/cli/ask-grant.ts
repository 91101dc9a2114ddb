/** Whom a policy of the source is to let in, where the role trusts a whole account: a question to a person. */
import { parseRootArn } from '#domain/arn.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { parsePrincipal, type PrincipalRequest } from '#domain/principal-request.ts';
import { mayAsk } from './ask-plan.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';

const isAccount = (principal: PrincipalRequest): boolean =>
  principal.kind === 'account' || (principal.kind === 'arn' && parseRootArn(principal.arn) !== undefined);

const read = (value: string) => parsePrincipal({ value, place: 'answer' });

export const withGrantee = async (request: SpecRequest, input: Input, context: Context): Promise<SpecRequest> => {
  const { source, role } = request;
  if (!source.isGranted || source.grantTo.length > 0 || !role.trust.some(isAccount) || !mayAsk(input, context)) return request;
  const answer = await (
    await context.prompter()
  ).input({
    message: 'Which user or role runs Terraform?',
    why: 'The role trusts a whole account: within it, the policies of each user and role decide. This one is let in by one.',
    default: 'self',
    check: (value) => {
      const parsed = read(value);
      if (!parsed.ok) return parsed.diagnostics[0]?.message;
      return isAccount(parsed.value) ? 'that is a whole account again: name a user or a role' : undefined;
    },
  });
  const parsed = read(answer);
  return parsed.ok ? { ...request, source: { ...source, grantTo: [parsed.value] } } : request;
};
