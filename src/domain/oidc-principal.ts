/** Principals that bring a token: `github:…`, `gitlab:…`, `tfc:…`, `irsa:…`, each with the issuer, audience and subjects behind it. */
import type { OidcPrincipal } from './principal.ts';

/** What a form is, or why it is none. */
export type OidcReading = OidcPrincipal | { readonly refused: string };

const refused = (reason: string): OidcReading => ({ refused: reason });

const GITHUB = 'token.actions.githubusercontent.com';

/** https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims: a colon inside a value is written %3A. */
const githubQualifier = (text: string): string | undefined => {
  if (text === 'pull_request') return text;
  const [, key, value] = /^(ref|environment)=(.+)$/s.exec(text) ?? [];
  return key === undefined ? undefined : `${key}:${value?.replaceAll(':', '%3A')}`;
};

const GITHUB_NAME = /^[\w.-]+$/;
const GITHUB_QUALIFIERS = ':ref=refs/heads/main, :ref=refs/tags/v1, :environment=prod or :pull_request';

/**
 * `OWNER[@ID]/REPO[@ID]:ref=…|environment=…|pull_request`. A repository's tokens carry either the classic subject or the immutable one
 * with the ids; with the ids known both are trusted: https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
const github = (name: string, text: string): OidcReading => {
  const [, owner = '', ownerId, repo = '', repoId, qualifier] =
    /^([^/:@]+)(?:@(\d+))?\/([^/:@]+)(?:@(\d+))?(?::(.+))?$/s.exec(text) ?? [];
  if (!GITHUB_NAME.test(owner) || !GITHUB_NAME.test(repo)) return refused('is not OWNER/REPO with what of it is meant');
  if (qualifier === undefined)
    return refused(`names every branch, tag and pull request of ${owner}/${repo}: say which one, as ${GITHUB_QUALIFIERS}`);
  const claim = githubQualifier(qualifier);
  if (claim === undefined) return refused(`does not say which runs of ${owner}/${repo}: end it with ${GITHUB_QUALIFIERS}`);
  if (claim.startsWith('ref:') && !claim.startsWith('ref:refs/'))
    return refused('has a short ref: write :ref=refs/heads/NAME for a branch, :ref=refs/tags/NAME for a tag');
  if ((ownerId === undefined) !== (repoId === undefined))
    return refused('has one id: the immutable subject needs those of the owner and of the repository, OWNER@ID/REPO@ID');
  const classic = `repo:${owner}/${repo}:${claim}`;
  return {
    kind: 'oidc',
    name,
    issuer: GITHUB,
    audience: 'sts.amazonaws.com',
    subjects: ownerId === undefined ? [classic] : [classic, `repo:${owner}@${ownerId}/${repo}@${repoId}:${claim}`],
  };
};

/** https://docs.gitlab.com/ci/cloud_services/aws/ */
const gitlab = (name: string, text: string): OidcReading => {
  const [, host = 'gitlab.com', project, type, ref] =
    /^(?:([^/]+)\/\/)?([^:/]+(?:\/[^:/]+)+)(?::(branch|tag)=(.+))?$/s.exec(text) ?? [];
  if (project === undefined) return refused('is not GROUP/PROJECT:branch=NAME or GROUP/PROJECT:tag=NAME');
  if (type === undefined) return refused(`names every branch and tag of ${project}: say which one, as :branch=main or :tag=v1`);
  if (!isHost(host)) return refused(`has "${host}" for its host`);
  return {
    kind: 'oidc',
    name,
    issuer: host,
    audience: `https://${host}`,
    subjects: [`project_path:${project}:ref_type:${type}:ref:${ref}`],
  };
};

/** https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration */
const terraformCloud = (name: string, text: string): OidcReading => {
  const [, org, project, workspace, phase] = /^([^/:]+)\/([^/:]+)\/([^/:]+)(?::(plan|apply))?$/.exec(text) ?? [];
  if (org === undefined) return refused('is not ORG/PROJECT/WORKSPACE, with :plan or :apply after it where only one is meant');
  const subject = (run: string): string => `organization:${org}:project:${project}:workspace:${workspace}:run_phase:${run}`;
  return {
    kind: 'oidc',
    name,
    issuer: 'app.terraform.io',
    audience: 'aws.workload.identity',
    subjects: phase === undefined ? [subject('plan'), subject('apply')] : [subject(phase)],
  };
};

const isHost = (text: string): boolean => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(text);

/** https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
const irsa = (name: string, text: string): OidcReading => {
  const [, issuer, namespace, account] = /^https:\/\/([^:?#\s]+?)\/?:([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (issuer === undefined)
    return refused("is not https://ISSUER:NAMESPACE/SERVICE_ACCOUNT, with the cluster's OIDC issuer as its URL");
  if (!isHost(issuer.split('/')[0] ?? '')) return refused(`has "${issuer}" for its issuer`);
  return {
    kind: 'oidc',
    name,
    issuer,
    audience: 'sts.amazonaws.com',
    subjects: [`system:serviceaccount:${namespace}:${account}`],
  };
};

const BY_PREFIX: Readonly<Record<string, (name: string, text: string) => OidcReading>> = {
  github,
  gitlab,
  tfc: terraformCloud,
  irsa,
};

/** undefined: not of these forms at all. */
export const readOidc = (name: string): OidcReading | undefined => {
  const [, prefix = '', rest = ''] = /^([a-z]+):(.*)$/s.exec(name) ?? [];
  return Object.hasOwn(BY_PREFIX, prefix) ? BY_PREFIX[prefix]?.(name, rest) : undefined;
};

/** `OWNER/REPO` of a GitHub principal that was named without ids. */
export const githubRepositoryOf = ({ issuer, subjects }: OidcPrincipal): string | undefined =>
  issuer === GITHUB && subjects.length === 1 ? /^repo:([^/:@]+\/[^/:@]+):/.exec(subjects[0])?.[1] : undefined;

/** The same with the ids, which its immutable subject is made of. */
export const withGithubIds = (
  principal: OidcPrincipal,
  ids: { readonly owner: string; readonly repository: string },
): OidcPrincipal => {
  const reading = readOidc(
    principal.name.replace(/^github:([^/@]+)\/([^/:@]+):/, `github:$1@${ids.owner}/$2@${ids.repository}:`),
  );
  return reading === undefined || 'refused' in reading ? principal : reading;
};
