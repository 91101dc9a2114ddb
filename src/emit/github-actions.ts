/** A GitHub workflow that runs Terraform with a token of its own and no stored keys. */
import { entriesOf, type Access } from '#domain/access.ts';
import { problem } from '#domain/diagnostic.ts';
import { formatDuration } from '#domain/duration.ts';
import type { OidcPrincipal } from '#domain/principal.ts';
import { sessionPolicyText } from '#domain/session-policy.ts';
import { fail, ok, type Result } from '#domain/result.ts';
import type { EmittedFile, MadeTarget } from './emitted.ts';
import { markersOf } from './shared-file.ts';
import { yamlText } from './yaml-text.ts';

/** Which runs a `github:` principal means: https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims */
interface Runs {
  readonly repository: string;
  readonly environment: string | undefined;
  readonly on: Readonly<Record<string, unknown>>;
}

/** The name itself and no pattern: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet */
const literally = (ref: string): string => ref.replaceAll(/[*?+![\]\\]/g, String.raw`\$&`);

/** GitHub evaluates whatever stands in such signs; what is left of them is a string in an expression of its own. */
const withoutExpressions = (text: string): string => text.replaceAll('${{', "${{ '${{' }}");

const runsOf = ({ name }: OidcPrincipal): Runs | undefined => {
  const [, owner, repo, qualifier = ''] = /^github:([^/@]+)(?:@\d+)?\/([^:@]+)(?:@\d+)?:(.+)$/s.exec(name) ?? [];
  if (owner === undefined || repo === undefined) return undefined;
  const repository = `${owner}/${repo}`;
  const [, kind, value = ''] = /^(ref|environment)=(.+)$/s.exec(qualifier) ?? [];
  const manual = { workflow_dispatch: {} };
  if (kind === 'environment') return { repository, environment: value, on: { push: { branches: ['main'] }, ...manual } };
  if (qualifier === 'pull_request') return { repository, environment: undefined, on: { pull_request: {} } };
  const [, refKind, ref = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(value) ?? [];
  return {
    repository,
    environment: undefined,
    on: {
      push: refKind === 'tags' ? { tags: [literally(ref)] } : { branches: [literally(ref)] },
      ...(refKind === 'heads' && manual),
    },
  };
};

/** The role that takes the token, and how long its sessions may be. */
const entryOf = ({
  desired,
}: MadeTarget): { readonly roleArn: string; readonly seconds: number; readonly maxSeconds: number } => {
  const [first = desired.access] = entriesOf(desired.access);
  const hub = desired.source.roles.find(({ arn }) => arn === first.roleArn);
  const maxSeconds =
    hub?.maxSessionSeconds ?? (first.roleArn === desired.role.arn ? desired.role.maxSessionSeconds : first.sessionSeconds);
  return { roleArn: first.roleArn, seconds: first.sessionSeconds, maxSeconds };
};

/** https://github.com/aws-actions/configure-aws-credentials#session-policies */
const sessionPolicies = ({ sessionPolicy, sessionPolicyArns }: Access): Readonly<Record<string, string>> => ({
  ...(sessionPolicy !== undefined && { 'inline-session-policy': withoutExpressions(sessionPolicyText(sessionPolicy)) }),
  ...(sessionPolicyArns.length > 0 && { 'managed-session-policies': sessionPolicyArns.join('\n') }),
});

export const emitGithubActions = (target: MadeTarget): Result<readonly EmittedFile[]> => {
  const { name, desired, spec } = target;
  const trusted = [...spec.role.trust, ...(spec.source.hub?.trust ?? [])].find(
    (principal): principal is OidcPrincipal => principal.kind === 'oidc' && principal.name.startsWith('github:'),
  );
  const runs = trusted && runsOf(trusted);
  if (runs === undefined)
    return fail(
      problem('USAGE', `${name} trusts no workflow of GitHub`, {
        path: '--trust',
        hints: [{ text: 'trust one', command: `xacct init ${name} --trust github:OWNER/REPO:environment=prod --save` }],
      }),
    );
  const { roleArn, seconds, maxSeconds } = entryOf(target);
  if (seconds > maxSeconds)
    return fail(
      problem(
        'INVALID_VALUE',
        `sessions of ${formatDuration(seconds)} are longer than ${roleArn} allows, ${formatDuration(maxSeconds)}`,
        {
          path: '--duration',
          hints: [{ text: `ask for ${formatDuration(maxSeconds)}, or raise the role's maximum: --max-session-duration` }],
        },
      ),
    );
  const { begin, end } = markersOf('emit github-actions');
  const isHub = roleArn !== desired.role.arn;
  const workflow = {
    name: `terraform ${name}`,
    on: runs.on,
    permissions: { 'id-token': 'write', contents: 'read' },
    concurrency: { group: `terraform-${name}`, 'cancel-in-progress': false },
    jobs: {
      terraform: {
        'runs-on': 'ubuntu-latest',
        environment: runs.environment,
        steps: [
          { uses: 'actions/checkout@v4' },
          {
            uses: 'aws-actions/configure-aws-credentials@v4',
            with: {
              'role-to-assume': roleArn,
              'aws-region': spec.region,
              'role-session-name': desired.access.sessionName,
              'role-duration-seconds': seconds,
              // Through a hub it is provider.tf that narrows the sessions in the target.
              ...(isHub ? {} : sessionPolicies(desired.access)),
            },
          },
          { uses: 'hashicorp/setup-terraform@v3' },
          { run: 'terraform init -input=false' },
          { run: 'terraform plan -input=false -out=plan.bin' },
          ...('pull_request' in runs.on ? [] : [{ run: 'terraform apply -input=false plan.bin' }]),
        ],
      },
    },
  };
  const notes = [
    `# .github/workflows/terraform-${name}.yml in ${runs.repository}`,
    isHub
      ? `# The token enters the hub; from there provider.tf enters the target: xacct emit-tf ${name} --entered`
      : `# These are the role's own credentials, of a session that nobody renews; provider.tf for it: xacct emit-tf ${name} --entered`,
    '# Pin the actions to commits where your rules ask for it.',
  ];
  return ok([{ path: `terraform-${name}.yml`, content: `${begin}\n${notes.join('\n')}\n${yamlText(workflow)}${end}\n` }]);
};
