/** What destroy would remove, and what everybody should know before it does. */
import type { RemovalPlan } from '#core/plan-removal.ts';
import type { Paint } from '#cli/paint.ts';
import { printableLine } from './printable.ts';
import { wrap } from './statement.ts';

export interface Forecast extends RemovalPlan {
  /** Of the role. */
  readonly name: string;
  /** `3 days ago`; undefined where AWS reports no use. */
  readonly lastUse: string | undefined;
}

const TERRAFORM_FIRST =
  'Terraform that assumes this role can then no longer refresh, change or destroy what it manages: run `terraform destroy`, or give that state another role, before this';

export const renderRemoval = (
  { plan, kept, role, sourceUnread, name, lastUse }: Forecast,
  paint: Paint,
  width: number,
): string => {
  const { changes, targetAccount } = plan;
  const lines = (mark: string, text: string): readonly string[] =>
    wrap(printableLine(text), width - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`);
  const stays = kept.flatMap(({ address, reason }) => lines('=', `${address} stays: ${reason}`));
  const isAll = sourceUnread === undefined && kept.length === 0;
  if (changes.length === 0)
    return `${[paint.bold(`There is no role ${name} in account ${targetAccount}, ${isAll ? 'nor anything else of it: nothing to remove' : 'and nothing of it to remove there'}`), ...stays].join('\n')}\n`;
  const heading = role
    ? `Removal of ${name} from account ${targetAccount}`
    : `Removal of what ${name} of account ${targetAccount} left behind`;
  return `${[
    `${paint.bold(heading)}: ${changes.length} to remove`,
    ...changes.map(({ address }) => `  ${paint.red('-')} ${paint.bold(printableLine(address))}`),
    ...stays,
    ...(role
      ? lines(paint.yellow('!'), `last used: ${lastUse ?? 'never, as far as AWS tells (400 days, with some hours of delay)'}`)
      : []),
    ...(role ? lines(paint.yellow('!'), TERRAFORM_FIRST) : []),
  ].join('\n')}\n`;
};
