/** The kinds of `xacct emit`: which targets each wants, what it makes of them, and where that goes. */
import { parseAccess } from '#domain/parse-access.ts';
import { problem } from '#domain/diagnostic.ts';
import type { Result } from '#domain/result.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { emitAwsConfig, type ProfileSource } from '#emit/aws-config.ts';
import { emitCfn, quickCreateLink } from '#emit/cfn.ts';
import { emitCliScript } from '#emit/cli-script.ts';
import { accountsOf, type EmittedFile, type EnteredTarget, type MadeAccount, type MadeTarget } from '#emit/emitted.ts';
import { emitGithubActions } from '#emit/github-actions.ts';
import { emitPermissions } from '#emit/permissions.ts';
import { emitPolicies } from '#emit/policies.ts';
import { emitRoleTf } from '#emit/role-tf.ts';
import { markersOf, mergeBetween, replaceWhole } from '#emit/shared-file.ts';
import type { Input, Outcome } from './command.ts';
import type { Context } from './context.ts';
import { makeOffline } from './made-targets.ts';
import { readSpecTargets } from './spec-targets.ts';
import { readTargets, type Target } from './targets.ts';
import { outOf, writeOut, type Merge, type OutFile } from './write-out.ts';

const entered = ({ input, sourceProfile }: Target): EnteredTarget => {
  const access = parseAccess(input);
  if (!access.ok) throw XacctError.of(access.diagnostics);
  return { name: input.name, access: access.value, sourceProfile, needsMfa: input.requireMfa?.value ?? false };
};

const CREDENTIAL_SOURCES = ['Environment', 'Ec2InstanceMetadata', 'EcsContainer'] as const;

const profileSourceOf = (input: Input): ProfileSource => {
  const profile = input.text('source-profile');
  const named = input.text('credential-source')?.value;
  const credentials = CREDENTIAL_SOURCES.find((source) => source === named);
  if (profile !== undefined && credentials !== undefined)
    throw new XacctError(
      problem('USAGE', 'a profile has source_profile or credential_source, not both', {
        path: '--credential-source',
        hints: [{ text: 'leave one out' }],
      }),
    );
  return { profile: profile?.value, credentials };
};

/** The link instead of the template. */
const linksOf = (targets: readonly MadeTarget[], input: Input): readonly EmittedFile[] => {
  const url = input.text('template-url');
  if (url === undefined)
    throw new XacctError(
      problem('USAGE', 'the link needs the place of the template: a bucket that the customer may read', {
        path: '--link',
        hints: [{ text: 'put the template there and name it: --template-url https://BUCKET.s3.amazonaws.com/role.cfn.yaml' }],
      }),
    );
  return targets.map((target) => ({ path: `${target.name}/link.txt`, content: `${quickCreateLink(target, url.value)}\n` }));
};

const filesOf = (files: Result<readonly EmittedFile[]>): readonly EmittedFile[] => {
  if (!files.ok) throw XacctError.of(files.diagnostics);
  return files.value;
};

type Emit = (targets: readonly Target[], input: Input, context: Context) => Promise<readonly EmittedFile[]>;

const making =
  (emit: (targets: readonly MadeTarget[], input: Input) => readonly EmittedFile[]): Emit =>
  async (targets, input, context) =>
    emit(await Promise.all(targets.map((target) => makeOffline(target, context))), input);

const each = (emit: (target: MadeTarget) => readonly EmittedFile[]): Emit => making((targets) => targets.flatMap(emit));

/** Of the one side that was asked for, or of both. */
const chosenAccounts = (targets: readonly MadeTarget[], input: Input): readonly MadeAccount[] => {
  const side = input.text('side')?.value;
  const accounts = accountsOf(targets).filter((account) => side === undefined || account.side === side);
  if (accounts.length > 0) return accounts;
  throw new XacctError(
    problem('USAGE', `the set-up of ${targets.map(({ name }) => name).join(', ')} holds nothing in the source account`, {
      path: '--side',
      hints: [{ text: 'a hub (--source-trust), a role of instances (--trust ec2) or leave (--grant-source) would be there' }],
    }),
  );
};

const eachAccount = (emit: (account: MadeAccount) => readonly EmittedFile[]): Emit =>
  making((targets, input) => chosenAccounts(targets, input).flatMap(emit));

const links = making(linksOf);
const templates = eachAccount((account) => filesOf(emitCfn(account)));

const KINDS: Readonly<Record<string, { readonly needs: 'access' | 'spec'; readonly emit: Emit }>> = {
  'role-tf': { needs: 'spec', emit: eachAccount(emitRoleTf) },
  cfn: { needs: 'spec', emit: (targets, input, context) => (input.isSet('link') ? links : templates)(targets, input, context) },
  cli: { needs: 'spec', emit: eachAccount(emitCliScript) },
  'aws-config': {
    needs: 'access',
    emit: async (targets, input) => filesOf(emitAwsConfig(targets.map(entered), profileSourceOf(input))),
  },
  'github-actions': { needs: 'spec', emit: each((target) => filesOf(emitGithubActions(target))) },
  policies: { needs: 'spec', emit: eachAccount(emitPolicies) },
  permissions: { needs: 'spec', emit: each(emitPermissions) },
};

/** Lines of others stay around ours, a script's first line among them; JSON has no comments to know ours by, so there only the same text is ours. */
const mergeFor = (kind: string): Merge => {
  const markers = markersOf(`emit ${kind}`);
  return ({ path, content }, before) => {
    const start = content.indexOf(markers.begin);
    return start < 0
      ? replaceWhole(path, before, content, markers.begin)
      : mergeBetween(path, before, content.slice(start), markers);
  };
};

/** The files of one account need no folder of their own. */
const withoutFolder = (files: readonly EmittedFile[]): readonly EmittedFile[] => {
  const folders = new Set(files.map(({ path }) => path.slice(0, path.indexOf('/') + 1)));
  const [folder = ''] = folders;
  return folders.size === 1 ? files.map(({ path, content }) => ({ path: path.slice(folder.length), content })) : files;
};

/** A single file is written where `--out` says; several lie in the folder that it names. */
const place = (files: readonly EmittedFile[], out: string): readonly OutFile[] => {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return [{ path: out, content: only.content }];
  return files.map(({ path, content }) => ({ path: `${out.replace(/\/$/, '')}/${path}`, content }));
};

/** Several JSON files as one object; anything else of several files needs a folder. */
const printed = (files: readonly EmittedFile[]): string => {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return only.content;
  if (files.every(({ path }) => path.endsWith('.json')))
    return `${JSON.stringify(Object.fromEntries(files.map(({ path, content }) => [path, JSON.parse(content) as unknown])), null, 2)}\n`;
  if (files.every(({ path }) => path.endsWith('.txt'))) return files.map(({ content }) => content).join('');
  throw new XacctError(
    problem('USAGE', `${files.length} files do not fit on stdout: ${files.map(({ path }) => path).join(', ')}`, {
      path: '--out',
      hints: [
        { text: 'name a folder for them: --out FOLDER' },
        ...(files.some(({ path }) => path.startsWith('source-')) ? [{ text: 'or ask for one side: --side source|target' }] : []),
      ],
    }),
  );
};

/** The first argument is the kind, the others are targets. */
export const runEmit = async (input: Input, context: Context): Promise<Outcome> => {
  const [kind = '', ...names] = input.targets;
  const chosen = KINDS[kind];
  if (chosen === undefined) throw new XacctError(problem('BUG', `there is no kind ${kind}`));
  const rest: Input = { ...input, targets: names };
  const read = chosen.needs === 'spec' ? readSpecTargets : readTargets;
  const { targets } = await read(rest, context, { name: 'emit', needs: chosen.needs });
  const made = await chosen.emit(targets, rest, context);
  const files = targets.length === 1 ? withoutFolder(made) : made;
  const out = outOf(input);
  if (out === undefined) return { status: 0, text: input.isSet('json') ? '' : printed(files), result: { files } };
  const placed = place(files, out.value);
  await writeOut(placed, { isForced: input.isSet('force'), merge: mergeFor(kind) }, context);
  return { status: 0, text: '', result: { files: placed } };
};
