/**
 * The shared config and credentials files, read: profiles, their settings, and what in the files cannot be right. The SDK swallows every
 * fault of these files; a person who mistyped a profile wants to hear of it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { problem } from '#domain/diagnostic.ts';
import { shellWord } from '#domain/shell-word.ts';
import { XacctError } from '#domain/xacct-error.ts';

type Env = Readonly<Record<string, string | undefined>>;
export type Settings = Readonly<Record<string, string>>;

export interface SharedConfig {
  readonly configPath: string;
  readonly credentialsPath: string;
  /** By name, in the order of the files; a credentials file's setting wins. */
  readonly profiles: ReadonlyMap<string, Settings>;
  readonly ssoSessions: ReadonlyMap<string, Settings>;
  /** Nested settings have dotted names: `sts.endpoint_url`. */
  readonly services: ReadonlyMap<string, Settings>;
  /** One line each: `/home/x/.aws/config:3: …`. */
  readonly faults: readonly string[];
}

interface Section {
  readonly title: string;
  readonly settings: Record<string, string>;
}

const HEADER = /^\[\s*(.*?)\s*\]$/;
const PREFIXED = /^(profile|sso-session|services)\s+(["']?)(.+)\2$/;

const homeOf = (env: Env): string => env['HOME'] || env['USERPROFILE'] || homedir();

const expand = (path: string, env: Env): string => (path.startsWith('~/') ? join(homeOf(env), path.slice(2)) : path);

const readShared = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new XacctError(
      problem('FILE_UNREADABLE', `the shared AWS file ${path} cannot be read (${code})`, {
        hints: [{ text: 'let yourself read it', command: `ls -l ${shellWord(path)}` }],
      }),
    );
  }
};

/** Sections in order. Indented lines belong to the setting without a value above them (`sts =`). */
const parseSections = (text: string, path: string, faults: string[]): readonly Section[] => {
  const sections: Section[] = [];
  let nest = '';
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = (raw.split(/(?:^|\s)[;#]/)[0] ?? '').trim();
    const place = `${path}:${index + 1}`;
    if (line === '') return;
    if (line.startsWith('[')) {
      const title = HEADER.exec(line)?.[1];
      if (!title) faults.push(`${place}: a section is written [name], on a line of its own`);
      // A broken header ends the section before it, too: its settings are nobody's.
      sections.push({ title: title ?? '', settings: {} });
      nest = '';
      return;
    }
    const equals = line.indexOf('=');
    const name = line.slice(0, equals).trim();
    const value = line.slice(equals + 1).trim();
    const isNested = nest !== '' && /^\s/.test(raw);
    const section = sections.at(-1);
    if (equals < 1) faults.push(`${place}: neither a [section] nor a setting = value`);
    else if (section === undefined) faults.push(`${place}: a setting before the first [section]`);
    else if (isNested) section.settings[`${nest}.${name}`] = value;
    else if (value !== '') section.settings[name] = value;
    if (!isNested) nest = value === '' ? name : '';
  });
  return sections;
};

const add = (map: Map<string, Settings>, name: string, settings: Settings): void => {
  map.set(name, { ...map.get(name), ...settings });
};

export const readSharedConfig = async (env: Env): Promise<SharedConfig> => {
  const configPath = expand(env['AWS_CONFIG_FILE'] || join(homeOf(env), '.aws', 'config'), env);
  const credentialsPath = expand(env['AWS_SHARED_CREDENTIALS_FILE'] || join(homeOf(env), '.aws', 'credentials'), env);
  const [config, credentials] = await Promise.all([readShared(configPath), readShared(credentialsPath)]);
  const faults: string[] = [];
  const profiles = new Map<string, Settings>();
  const ssoSessions = new Map<string, Settings>();
  const services = new Map<string, Settings>();
  for (const { title, settings } of parseSections(config, configPath, faults)) {
    const [, kind, , name] = PREFIXED.exec(title) ?? [];
    if (title === 'default') add(profiles, title, settings);
    else if (kind === 'profile' && name !== undefined) add(profiles, name, settings);
    else if (kind === 'sso-session' && name !== undefined) add(ssoSessions, name, settings);
    else if (kind === 'services' && name !== undefined) add(services, name, settings);
    else if (kind === undefined && title !== '')
      faults.push(`${configPath}: in this file [${title}] must be written [profile ${title}]`);
  }
  for (const { title, settings } of parseSections(credentials, credentialsPath, faults))
    if (title.startsWith('profile '))
      faults.push(`${credentialsPath}: in this file [${title}] must be written [${title.slice(8)}]`);
    else if (title !== '') add(profiles, title, settings);
  return { configPath, credentialsPath, profiles, ssoSessions, services, faults };
};
