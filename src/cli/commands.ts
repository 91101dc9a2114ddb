/**
 * Every command, in the order of the help: what is known of it before anything of it is loaded. Its options, and what it does, are in
 * commands/, and are loaded when it is named (src/load-command.ts).
 */
import type { CommandEntry } from './command.ts';

/** Columns of all help; a narrower terminal has less. */
export const HELP_WIDTH = 80;

export const COMMANDS = [
  {
    name: 'init',
    about: 'Makes the role in the target account: asks or reads, plans, confirms, applies, proves',
    takesTargets: true,
  },
  {
    name: 'accept',
    about: "Carries out the one step that the other account's administrator handed over",
    takesOne: ['file', 'as init --handoff wrote it'],
  },
  {
    name: 'plan',
    about: 'Shows what init would change, and changes nothing',
    takesTargets: true,
  },
  {
    name: 'verify',
    about: 'Proves through STS that the role can be assumed, and that what must be refused is refused',
    takesTargets: true,
  },
  {
    name: 'explain',
    about: 'Says why a role may not be assumed, who must change what, and who can become the role',
    takesTargets: true,
  },
  {
    name: 'emit-tf',
    about: 'Prints provider.tf: the AWS provider with its assume_role block',
    takesTargets: true,
  },
  {
    name: 'emit',
    about: 'Prints other files of the same set-up: Terraform or CloudFormation of the role, profiles, workflows, policies',
    takesTargets: true,
    takesKind: ['role-tf', 'cfn', 'cli', 'aws-config', 'github-actions', 'policies', 'permissions'],
  },
  {
    name: 'docs',
    about: 'Prints the set-up as a page: accounts, who may enter and how, every policy, the last proof',
    takesTargets: true,
  },
  {
    name: 'destroy',
    about: 'Removes the role and all else that init made, after a forecast',
    takesTargets: true,
  },
  {
    name: 'lock',
    about: 'Shuts the role at once: no new sessions, and open ones can do nothing',
    takesTargets: true,
  },
  {
    name: 'unlock',
    about: 'Takes a lock back, and changes nothing else',
    takesTargets: true,
  },
  {
    name: 'presets',
    about: 'Lists the permission presets, and shows what one allows',
    takesOne: ['preset', 'one of the list, with its argument: s3-bucket:my-bucket'],
  },
  {
    name: 'sandbox',
    about: 'Serves local AWS accounts that enforce every policy, until stopped or around one program',
    takesProgram: true,
  },
  {
    name: 'demo',
    about: 'Shows the whole story in two local accounts: init, verify, emit-tf; touches no real account',
  },
  {
    name: 'completion',
    about: 'Prints the completion of bash, zsh or fish, with the targets and profiles that are there',
    takesWords: ['shell', 'bash, zsh or fish'],
  },
] as const satisfies readonly CommandEntry[];

export type CommandName = (typeof COMMANDS)[number]['name'];
