/** A question that comes again until nothing more is wanted: what is chosen in it has a question of its own. */
import type { Step } from '#core/ports/prompter.ts';
import type { Said } from './answers.ts';
import { isGiven, type Talk, type WizardQuestion } from './wizard-question.ts';

export interface MenuItem {
  readonly value: string;
  readonly label: string;
  readonly flag: string;
  readonly isOffered?: (talk: Talk) => boolean;
  /** Absent: the choice says it all. */
  readonly detail?: (talk: Talk) => Step | Promise<Step>;
  /** Absent: the flag with the detail as its value. */
  readonly says?: (detail: string) => readonly Said[];
  /** Why it cannot be had, here. */
  readonly refused?: string;
  /** Nothing goes with it. */
  readonly isAlone?: true;
  /** May be chosen again. */
  readonly isRepeatable?: true;
}

export interface Menu {
  readonly id: string;
  readonly flag?: string;
  /** Any of them, given as a flag, means that nothing is asked. A flag of an item that is not among them only takes the item away. */
  readonly answeredBy: readonly string[];
  readonly message: string;
  /** When it comes again. */
  readonly again: string;
  readonly why: string;
  readonly items: readonly MenuItem[];
  /** How to go on without another one. */
  readonly done: string;
  /** Where one must be chosen: the first round's default. */
  readonly first?: string;
  readonly rounds: number;
}

const DONE = 'done';

const idOf = (id: string, round: number): string => (round === 1 ? id : `${id} ${round}`);

const offered = ({ id, items, answeredBy }: Menu, round: number, talk: Talk): readonly MenuItem[] => {
  const chosen = Array.from({ length: round - 1 }, (_, index) => talk.answerTo(idOf(id, index + 1)));
  return items.filter(
    (item) =>
      (item.isRepeatable || !chosen.includes(item.value)) &&
      !(round > 1 && item.isAlone) &&
      (answeredBy.includes(item.flag) || !isGiven(talk.typed, item.flag)) &&
      (item.isOffered?.(talk) ?? true),
  );
};

const saidOf = (item: MenuItem | undefined, detail: string): readonly Said[] =>
  item === undefined ? [] : (item.says?.(detail) ?? [{ flag: item.flag, value: detail }]);

export const menuQuestions = (menu: Menu): readonly WizardQuestion[] => {
  const { id, items, first, flag, answeredBy } = menu;
  const itemOf = (answer: string | undefined): MenuItem | undefined => items.find(({ value }) => value === answer);
  const shared = { ...(flag !== undefined && { flag }), answeredBy };

  const choose = (round: number): WizardQuestion => ({
    ...shared,
    id: idOf(id, round),
    isNeeded: (talk) => {
      const last = itemOf(round === 1 ? undefined : talk.answerTo(idOf(id, round - 1)));
      const isNext = round === 1 || (last !== undefined && last.isAlone !== true);
      return isNext && offered(menu, round, talk).length > 0;
    },
    ask: (talk) => {
      const choices = offered(menu, round, talk).map(({ value, label }) => ({ value, label }));
      const mustChoose = round === 1 && first !== undefined;
      return {
        message: round === 1 ? menu.message : menu.again,
        why: menu.why,
        default: mustChoose ? first : DONE,
        choices: mustChoose ? choices : [{ value: DONE, label: menu.done }, ...choices],
        check: (answer) => itemOf(answer)?.refused,
      };
    },
    says: (answer) => {
      const item = itemOf(answer);
      return item?.detail ? [] : saidOf(item, '');
    },
  });

  const detail = (round: number): WizardQuestion => {
    const own = ({ answerTo }: Talk): MenuItem | undefined => itemOf(answerTo(idOf(id, round)));
    return {
      ...shared,
      id: `${idOf(id, round)} detail`,
      isNeeded: (talk) => own(talk)?.detail !== undefined,
      ask: async (talk) => (await own(talk)?.detail?.(talk)) ?? { message: '', why: '' },
      says: (answer, talk) => saidOf(own(talk), answer),
    };
  };

  return Array.from({ length: menu.rounds }, (_, index) => [choose(index + 1), detail(index + 1)]).flat();
};
