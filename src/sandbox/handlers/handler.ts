/** The form of an operation: what it needs permission for, and what it does once allowed. One file of handlers for each resource. */
import type { Permission, Signed } from '#sandbox/authorise.ts';
import type { Account } from '#sandbox/model/account.ts';

/** One authenticated call. */
export interface Call extends Signed {
  /** The caller's account; IAM works in no other. */
  readonly account: Account;
}

export interface Handler<Input, Output> {
  /** All must be allowed before `run`; the first one's resource goes to the log. Empty: the operation is free, or decides itself. */
  readonly permissions: (input: Input, call: Call) => readonly Permission[];
  /** For the log, where `permissions` is empty. */
  readonly resource?: (input: Input) => string;
  /** Throws AwsError; a call that throws has changed nothing. */
  readonly run: (input: Input, call: Call) => Output;
}

interface Signature {
  readonly input: unknown;
  readonly output: unknown;
}

/** A handler for each operation of a generated table of types. */
export type Handlers<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends Signature
    ? Handler<Operations[Name]['input'], Operations[Name]['output']>
    : never;
};
