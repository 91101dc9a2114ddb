/** AWS's older sentences, which the fault `wording: old` brings back. domain/access-denied.ts reads both. */

/** The sentence as AWS wrote it before 2021, and as some services still do: no kind of policy is named. */
export const inOldWords = (message: string): string =>
  message
    .replace(/ because no [A-Za-z -]+ allows the \S+ action$/, '')
    .replace(/ with an explicit deny in (?:an?|the) [A-Za-z -]+(?:: arn:\S+)?$/, ' with an explicit deny');
