/** The real programs that end-to-end tests run against: where each is found on this machine. Nothing is installed, nothing is downloaded. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

/** @param {string} command @returns {string | undefined} */
export const onPath = (command) =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** Folders that hold providers in Terraform's own layout, host/namespace/name/version. @returns {string[]} */
const pluginFolders = () => [
  ...(process.env['TF_PLUGIN_DIR'] ? [process.env['TF_PLUGIN_DIR']] : []),
  path.join(homedir(), '.terraform.d/plugins'),
  ...['/opt', '/usr/local/share/terraform', '/usr/share/terraform', '/usr/lib/terraform'].flatMap((folder) =>
    ['tf-plugins', 'terraform-plugins', 'plugins', 'providers'].map((name) => path.join(folder, name)),
  ),
];

/** The first plugin folder that holds the AWS provider; without Terraform it is of no use. @returns {string | undefined} */
const awsProviderFolder = () => {
  if (onPath('terraform') === undefined) return undefined;
  return pluginFolders().find((folder) => {
    const versions = path.join(folder, 'registry.terraform.io/hashicorp/aws');
    return existsSync(versions) && readdirSync(versions).length > 0;
  });
};

const boto3 = () => {
  const python = onPath('python3');
  if (python === undefined) return undefined;
  try {
    execFileSync(python, ['-c', 'import boto3'], { stdio: 'ignore' });
    return python;
  } catch {
    return undefined;
  }
};

/** @param {string} name @param {string} [from] @returns {string | undefined} */
const resolvePackage = (name, from = '.') => {
  try {
    return createRequire(new URL(from, import.meta.url)).resolve(name);
  } catch {
    return undefined;
  }
};

/** Name of a peer to where it is; undefined when this machine has none. */
export const PEERS = {
  terraform: () => onPath('terraform'),
  'terraform-provider-aws': awsProviderFolder,
  aws: () => onPath('aws'),
  jq: () => onPath('jq'),
  boto3,
  moto_server: () => onPath('moto_server'),
  shellcheck: () => onPath('shellcheck'),
  tmux: () => onPath('tmux'),
  /** HashiCorp's own parser of HCL, a devDependency. */
  hcl2json: () => resolvePackage('@cdktf/hcl2json'),
  chromium: () => onPath('chromium'),
  /** `npm ci --prefix test/browser` */
  'playwright-core': () => resolvePackage('playwright-core', '../test/browser/package.json'),
  'axe-core': () => resolvePackage('axe-core', '../test/browser/package.json'),
  'cfn-lint': () => onPath('cfn-lint'),
  zsh: () => onPath('zsh'),
  fish: () => onPath('fish'),
  /** util-linux's: it gives a program a terminal of its own. */
  script: () => onPath('script'),
};

/** @typedef {keyof typeof PEERS} Peer */

/** @type {Map<Peer, string | undefined>} */
const found = new Map();

/** @param {Peer} name @returns {string | undefined} */
export const findPeer = (name) => {
  if (!found.has(name)) found.set(name, PEERS[name]());
  return found.get(name);
};
