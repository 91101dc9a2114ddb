/** What the last proof of a target tells the next init: its role is there, so all of it can be read at once, and entered meanwhile. */
import type { Access } from '#domain/access.ts';
import { parseAccess } from '#domain/parse-access.ts';
import type { SpecRequest } from '#domain/parse-spec.ts';
import { openEarlyEntry, type Settled } from '#core/early-entry.ts';
import type { InitOptions, InitPorts } from '#core/init-target.ts';
import { whyUnprovable } from '#core/provable.ts';
import type { Context } from './context.ts';
import type { LoadedConfig } from './file-spec.ts';
import { readProof } from './proof-file.ts';
import type { Target, Targets } from './targets.ts';

/** The access that was proved last: its role is there, by all that is known on this side. Undefined where nothing was, or something else. */
export const provedAccess = async (
  { input, inFile }: Target,
  loaded: LoadedConfig | undefined,
  context: Context,
): Promise<Access | undefined> => {
  if (inFile === undefined) return undefined;
  const access = parseAccess(input);
  if (!access.ok) return undefined;
  const { fault } = await readProof(input.name, access.value, loaded, context);
  return fault === undefined ? access.value : undefined;
};

/** The other half of a pair may trust somebody else. */
const isForOther = ({ pair }: Target): boolean => pair?.undivided.planTrust !== undefined;

export const whyUnprovableHere = (target: Target, { spec, caller }: Pick<Settled, 'spec' | 'caller'>): string | undefined =>
  whyUnprovable(spec, caller, isForOther(target));

/** With the credentials of who administers the source, which need not be those that prove. */
const changesSource = ({ source, role }: SpecRequest): boolean =>
  source.isGranted || source.trust.length > 0 || role.trust.some(({ kind }) => kind === 'ec2');

/** The options of an init whose proof begins as soon as nothing that is left can change its first answer. */
export const provingSoon = (options: InitOptions, { source }: InitPorts, target: Target): InitOptions => {
  if (options.isDryRun || source === undefined) return options;
  const isProvable = (settled: Settled): boolean => whyUnprovableHere(target, settled) === undefined;
  return { ...options, entry: openEarlyEntry({ sessions: source.sessions, isProvable, signal: options.signal }) };
};

/** The same, and at once where exactly this was proved before. */
export const provingAtOnce = async (
  given: InitOptions,
  request: SpecRequest,
  ports: InitPorts,
  { target, targets, context }: { readonly target: Target; readonly targets: Targets; readonly context: Context },
): Promise<InitOptions> => {
  const options = provingSoon(given, ports, target);
  const proved = await provedAccess(target, targets.loaded, context);
  if (proved === undefined) return options;
  if (!changesSource(request) && !isForOther(target)) options.entry?.begin(proved);
  return { ...options, isEstablished: true };
};
