/** The parts of a long help: one idea each, and the same words in every command. */
import type { OptionDefinition } from './command.ts';

export const HEADINGS = {
  accounts: 'Accounts and credentials',
  trust: 'Who may assume the role',
  conditions: 'On which conditions',
  permissions: 'What the role may do',
  role: 'The role itself',
  session: 'Its sessions',
  entry: 'The role, and how it is entered',
  action: 'What is done',
  output: 'Output',
} as const;

export const under = (heading: string, ...options: readonly OptionDefinition[]): readonly OptionDefinition[] =>
  options.map((option) => ({ ...option, heading }));
