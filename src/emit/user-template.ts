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

interface Tag {
  readonly code: string;
  readonly line: number;
}

/** Code as it stands, the expression of a value as a statement. */
const tagsOf = (source: string): readonly Tag[] =>
  [...source.matchAll(/<%[-_]?\s*([=~]?)([\s\S]*?)[-_]?%>/g)].map(({ index, 1: sign, 2: code = '' }) => ({
    code: sign === '' ? code : `(${code}\n);`,
    line: source.slice(0, index).split('\n').length,
  }));

const faultIn = (code: string): string | undefined => {
  try {
    Reflect.construct(Function, ['it', code]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const DEEPEST = 20;

/** How many blocks are open after this code; undefined: no number of them makes it right. */
const openBlocks = (code: string): number | undefined => {
  for (let count = 0; count <= DEEPEST; count += 1) if (faultIn(`${code}\n${'}'.repeat(count)}`) === undefined) return count;
  return undefined;
};

/** The engine says where a tag is not closed, and not where code is wrong: tag after tag is added until it is, or the end has come. */
const syntaxFault = (source: string): { readonly line: number; readonly reason: string } | undefined => {
  let code = '';
  const opened: number[] = [];
  for (const tag of tagsOf(source)) {
    const before = code;
    code += `\n${tag.code}`;
    const open = openBlocks(code);
    if (open === undefined) {
      const closesNothing = /^\s*\}/.test(tag.code) && opened.length === 0;
      return { line: tag.line, reason: closesNothing ? 'this } closes nothing' : (faultIn(`${before}\n${tag.code}`) ?? '') };
    }
    opened.length = Math.min(opened.length, open);
    while (opened.length < open) opened.push(tag.line);
  }
  const line = opened.at(-1);
  return line === undefined ? undefined : { line, reason: 'the { here is never closed' };
};

/** What was undefined there: `Cannot read properties of undefined (reading 'bucket')` names only what was looked for in it. */
const missingIn = (source: string, line: number, message: string): string => {
  const name = /^Cannot read properties of (?:undefined|null) \(reading '(\w+)'\)$/.exec(message)?.[1];
  const text = source.split('\n')[line - 1] ?? '';
  const place = name === undefined ? undefined : new RegExp(`([\\w$][\\w$.[\\]'"]*)\\.${name}\\b`).exec(text)?.[1];
  return place === undefined ? message : `${place} is undefined here, so it has no "${name}"`;
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
    if (line !== undefined && cause instanceof Error)
      return broken(file, Number(line), missingIn(source, Number(line), cause.message));
    const said = / at line (\d+)/.exec(error.message)?.[1];
    const fault = said === undefined ? syntaxFault(source) : undefined;
    return broken(file, fault?.line ?? Number(said ?? 1), fault?.reason ?? reasonOf(error.message));
  }
};
