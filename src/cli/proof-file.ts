/** `.xacct/proofs/TARGET.json` beside xacct.yaml: written by whoever proves, read by whoever emits. */
import type { Access } from '#domain/access.ts';
import { parseRoleArn } from '#domain/arn.ts';
import { problem, warning } from '#domain/diagnostic.ts';
import { canonicalAccess, parseProof, proofFault, proofOf, standsAgainst, type Proof } from '#domain/proof.ts';
import type { VerifyReport } from '#domain/verify-report.ts';
import { XacctError } from '#domain/xacct-error.ts';
import { accessFlags } from './access-flags.ts';
import { reaching } from './again.ts';
import type { Input, OptionDefinition } from './command.ts';
import type { Context } from './context.ts';
import type { LoadedConfig, Project } from './file-spec.ts';
import type { Target } from './targets.ts';
import { tryBeside, tryFile } from './try-file.ts';

export const PROOF: readonly OptionDefinition[] = [
  { flags: '--require-proof', about: 'refuse where `xacct verify` has not proved exactly this' },
  { flags: '--proof <file>', about: 'the proof of another job (default: .xacct/proofs/TARGET.json beside xacct.yaml)' },
];

const pathOf = (name: string, configPath: string, { files }: Context): string =>
  files.resolve(files.folderOf(configPath), `.xacct/proofs/${name}.json`);

const digestOf = (access: Access, context: Context): string => context.digest(canonicalAccess(access));

export interface Proved {
  /** Of the target. */
  readonly name: string;
  readonly access: Access;
  readonly report: VerifyReport;
}

/** A failed proof is written, too: whoever emits shall hear of it; but by other credentials it takes nothing back of what was proved. */
export const saveProof = ({ name, access, report }: Proved, { configPath }: Project, context: Context): Promise<void> => {
  const { clock, files } = context;
  const proof = proofOf(report, { accessDigest: digestOf(access, context), provedAt: new Date(clock.now()).toISOString() });
  const save = async (): Promise<void> => {
    const path = files.resolve(await context.room(files.folderOf(configPath), 'proofs'), `${name}.json`);
    const before = await files.read(path);
    if (standsAgainst(before === undefined ? undefined : parseProof(before), proof)) return;
    await files.replace(path, `${JSON.stringify(proof, null, 2)}\n`);
  };
  return tryBeside(`the proof of ${name} is not kept`, save, context);
};

interface Gone {
  /** Of the target. */
  readonly name: string;
  readonly account: string;
  readonly roleName: string;
}

/** A role that is made again is another one. A proof of another role, which the target had before or has by now, stays. */
export const forgetProof = ({ name, account, roleName }: Gone, { configPath }: Project, context: Context): Promise<void> => {
  const path = pathOf(name, configPath, context);
  const forget = async (): Promise<void> => {
    const text = await context.files.read(path);
    const proved = text === undefined ? undefined : parseRoleArn(parseProof(text)?.roleArn ?? '');
    if (proved?.account === account && proved.name === roleName) await context.files.remove(path);
  };
  return tryBeside(`the proof of ${name} is not forgotten`, forget, context);
};

/** What is known of an access, and why it proves nothing of it now. */
interface KnownProof {
  readonly proof: Proof | undefined;
  readonly fault: string | undefined;
}

const proofAt = async (path: string | undefined, access: Access, context: Context): Promise<KnownProof> => {
  const text = await tryFile(async () => (path === undefined ? undefined : context.files.read(path)));
  if (!text.ok) return { proof: undefined, fault: text.diagnostics[0]?.message };
  const proof = text.value === undefined ? undefined : parseProof(text.value);
  return { proof, fault: proofFault(proof, () => digestOf(access, context)) };
};

/** Of a target of the file. */
export const readProof = (
  name: string,
  access: Access,
  loaded: LoadedConfig | undefined,
  context: Context,
): Promise<KnownProof> => proofAt(loaded && pathOf(name, loaded.source.path, context), access, context);

/** Throws NOT_PROVED with --require-proof; else it warns. From flags alone nothing is expected, and nothing is said. */
export const checkProof = async (
  access: Access,
  target: Target,
  loaded: LoadedConfig | undefined,
  input: Input,
  context: Context,
): Promise<void> => {
  const named = input.text('proof')?.value;
  const isRequired = input.isSet('require-proof');
  const inFile =
    loaded !== undefined && target.inFile !== undefined ? pathOf(target.input.name, loaded.source.path, context) : undefined;
  const path = named === undefined ? inFile : context.files.resolve(context.cwd, named);
  if (path === undefined && !isRequired) return;
  const { fault } = await proofAt(path, access, context);
  if (fault === undefined) return;
  const message = `${access.roleArn}: ${fault}`;
  const asked = { verb: 'emit-tf', input, names: target.inFile === undefined ? [] : [target.input.name] };
  const role = target.inFile === undefined ? accessFlags(access) : [];
  const hints = [{ text: 'prove it', command: reaching('verify', asked, role) }];
  if (isRequired) throw new XacctError(problem('NOT_PROVED', message, { hints }));
  context.reporter.tell(warning('NOT_PROVED', message, hints));
};
