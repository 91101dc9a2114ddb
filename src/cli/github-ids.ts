/** GitHub's immutable subjects need two numbers that no name tells: they are taken from the workflow that runs here, or asked for. */
import { warning } from '#domain/diagnostic.ts';
import { githubRepositoryOf, withGithubIds as withIds } from '#domain/oidc-principal.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { parsePrincipal, type PrincipalRequest } from '#domain/principal-request.ts';
import type { GivenList } from '#domain/spec-input.ts';
import type { Context } from './context.ts';

/** The variables of a workflow's run: https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
const idsOf = (repository: string, { env }: Context): { readonly owner: string; readonly repository: string } | undefined => {
  const [owner, own, here] = [env['GITHUB_REPOSITORY_OWNER_ID'], env['GITHUB_REPOSITORY_ID'], env['GITHUB_REPOSITORY']];
  const isHere = here === undefined || here.toLowerCase() === repository.toLowerCase();
  return isHere && /^\d+$/.test(owner ?? '') && /^\d+$/.test(own ?? '')
    ? { owner: owner ?? '', repository: own ?? '' }
    : undefined;
};

const know = (principal: PrincipalRequest, context: Context): PrincipalRequest => {
  const repository = principal.kind === 'oidc' ? githubRepositoryOf(principal) : undefined;
  if (principal.kind !== 'oidc' || repository === undefined) return principal;
  const ids = idsOf(repository, context);
  if (ids !== undefined) return withIds(principal, ids);
  context.reporter.tell(
    warning('ASSUMED_VALUE', `${principal.name}: tokens with the ids of ${repository} in their subject will not get in`, [
      {
        text: 'repositories made or renamed since July 2026 send such tokens; the two ids, owner first, for github:OWNER@ID/REPO@ID',
        command: `gh api repos/${repository} --jq '"\\(.owner.id) \\(.id)"'`,
      },
    ]),
  );
  return principal;
};

/** Both forms of the subject where the ids are known, else the classic one with a warning. */
export const knowGithubIds = (request: SpecRequest, context: Context): SpecRequest => ({
  ...request,
  role: { ...request.role, trust: request.role.trust.map((principal) => know(principal, context)) },
  source: { ...request.source, trust: request.source.trust.map((principal) => know(principal, context)) },
});

/** The same for principals that are still text. */
export const withGithubIds = (list: GivenList, context: Context): GivenList =>
  list?.map((given) => {
    const parsed = parsePrincipal(given);
    const repository = parsed.ok && parsed.value.kind === 'oidc' ? githubRepositoryOf(parsed.value) : undefined;
    const ids = repository === undefined ? undefined : idsOf(repository, context);
    if (!parsed.ok || parsed.value.kind !== 'oidc' || ids === undefined) return given;
    return { ...given, value: withIds(parsed.value, ids).name };
  });
