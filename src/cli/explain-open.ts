/** All that `explain` runs, the evaluator with it: a group of its own in the build, which only that command loads. */
import type { Explain } from './context.ts';
import { explainCaller, explainEverybody } from './explain-aws.ts';
import { explainMessages, explainScenarios } from './explain-text.ts';

export const explain: Explain = {
  caller: explainCaller,
  everybody: explainEverybody,
  messages: explainMessages,
  scenarios: explainScenarios,
};
