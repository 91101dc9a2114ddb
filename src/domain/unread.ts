/** What could not be read, and what would let it be read. */
export interface Unread {
  /** Such as `the inline policies of user jane`. */
  readonly what: string;
  readonly account: string;
  /** The action that is missing; null where no permission of that account would help. */
  readonly permission: string | null;
  /** Lower case, no full stop. */
  readonly reason: string;
}
