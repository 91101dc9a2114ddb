/** All that `explain` runs, and what verify needs after a failure, the evaluator with it: a group of its own in the build. */
export { diagnosis } from '#core/diagnose.ts';
import type { Explain } from './context.ts';
import { explainCaller, explainEverybody } from './explain-aws.ts';
import { explainMessages, explainScenarios } from './explain-text.ts';

export const explain: Explain = {
  caller: explainCaller,
  everybody: explainEverybody,
  messages: explainMessages,
  scenarios: explainScenarios,
};
