/** A person's own template in place of ours: compiled here, with errors that name file, line and what was missing. The only code that loads the engine. */
import { Eta } from 'eta/core';
import { problem } from '#domain/diagnostic.ts';
import { fail, ok, type Result } from '#domain/result.ts';

export interface TemplateRequest {
  readonly source: string;
  /** As the person named it. */
  readonly file: string;
  readonly model: object;
  /** What `<%= %>` puts every value through. */
  readonly quote: (value: unknown) => string;
}

export type RenderUserTemplate = (request: TemplateRequest) => Result<string>;

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A name that the model does not have is an error and no empty text; what the model leaves undefined is there. */
const guarded = (value: unknown, place: string): unknown => {
  if (Array.isArray(value)) return value.map((item, index) => guarded(item, `${place}[${index}]`));
  if (!isPlainObject(value)) return value;
  return new Proxy(value, {
    get: (target, key) => {
      if (typeof key === 'symbol' || key === 'toJSON' || key in target)
        return guarded(Reflect.get(target, key), `${place}.${String(key)}`);
      throw new ReferenceError(`${place} has no "${key}"; it has ${Object.keys(target).join(', ')}`);
    },
  });
};

const broken = (file: string, line: number, reason: string): Result<never> =>
  fail(
    problem('INVALID_TEMPLATE', `${file}:${line}: ${reason}`, {
      path: '--template',
      hints: [{ text: 'docs/templates.md says what a template is given' }],
    }),
  );

/** The engine says where a tag is not closed, and not where code is wrong: each tag of a value is an expression of its own. */
const lineOfSyntax = (source: string, message: string): number => {
  const said = / at line (\d+)/.exec(message)?.[1];
  if (said !== undefined) return Number(said);
  for (const { index, 1: code = '' } of source.matchAll(/<%[-_]?\s*[=~]([\s\S]*?)[-_]?%>/g)) {
    try {
      Reflect.construct(Function, ['it', `return (${code}\n)`]);
    } catch {
      return source.slice(0, index).split('\n').length;
    }
  }
  const first = source.search(/<%[-_]?(?!\s*[=~])/);
  return source.slice(0, Math.max(0, first)).split('\n').length;
};

const reasonOf = (message: string): string =>
  message
    .replace(/^Bad template syntax\s*/, '')
    .replace(/ at line \d+ col \d+:/, '')
    .split('\n')[0] ?? message;

export const renderUserTemplate: RenderUserTemplate = ({ source, file, model, quote }) => {
  const eta = new Eta({
    autoEscape: true,
    autoFilter: false,
    autoTrim: false,
    varName: 'it',
    debug: true,
    escapeFunction: quote,
  });
  try {
    return ok(eta.renderString(source, guarded(model, 'it') as object));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const line = /^line (\d+)\n/.exec(error.message)?.[1];
    const { cause } = error;
    if (line !== undefined && cause instanceof Error) return broken(file, Number(line), cause.message);
    return broken(file, lineOfSyntax(source, error.message), reasonOf(error.message));
  }
};
