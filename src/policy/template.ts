/**
 * Policy variables: `${key}`, `${key, 'default'}` and the literals `${*}`, `${?}`, `${$}`, filled from the request context.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags". A document of 2008-10-17 has none: its text is taken as it stands.
 */
import type { Context } from './context.ts';
import { joinGlob } from '#domain/glob.ts';
import { isUnstated, type Unstated } from './unstated.ts';

type Part =
  | { readonly kind: 'text' | 'fixed'; readonly text: string }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | null };

export interface Template {
  readonly parts: readonly Part[];
  readonly hasVariables: boolean;
}

const DEFAULT = /^([^,]*), '([^']*)'$/;

const parsePart = (inside: string): Part => {
  if (inside === '*' || inside === '?' || inside === '$') return { kind: 'fixed', text: inside };
  const [, key, fallback] = DEFAULT.exec(inside) ?? [];
  return { kind: 'variable', key: (key ?? inside).toLowerCase(), fallback: fallback ?? null };
};

export const plainTemplate = (text: string): Template => ({ parts: [{ kind: 'text', text }], hasVariables: false });

export const parseTemplate = (text: string): Template => {
  const parts: Part[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf('${', from);
    const close = open < 0 ? -1 : text.indexOf('}', open);
    if (close < 0) break;
    if (open > from) parts.push({ kind: 'text', text: text.slice(from, open) });
    parts.push(parsePart(text.slice(open + 2, close)));
    from = close + 1;
  }
  if (from < text.length || parts.length === 0) parts.push({ kind: 'text', text: text.slice(from) });
  return { parts, hasVariables: parts.some((part) => part.kind === 'variable') };
};

interface Piece {
  readonly text: string;
  readonly fixed: boolean;
}

/** Undefined when a variable has no single value and no default: then nothing can match. Substituted text has no live wildcards. */
const resolvePieces = (template: Template, context: Context): readonly Piece[] | Unstated | undefined => {
  const pieces: Piece[] = [];
  for (const part of template.parts) {
    if (part.kind !== 'variable') {
      pieces.push({ text: part.text, fixed: part.kind === 'fixed' });
      continue;
    }
    const value = context.get(part.key) ?? part.fallback;
    if (isUnstated(value)) return value;
    if (typeof value !== 'string') return undefined;
    pieces.push({ text: value, fixed: true });
  }
  return pieces;
};

/** A text that depends on a key which nobody stated is itself unstated. */
const resolved =
  <T>(build: (pieces: readonly Piece[]) => T) =>
  (template: Template, context: Context): T | Unstated | undefined => {
    const pieces = resolvePieces(template, context);
    return pieces === undefined || isUnstated(pieces) ? pieces : build(pieces);
  };

export const resolveText = resolved((pieces) => pieces.map((piece) => piece.text).join(''));

export const resolveGlob = resolved(joinGlob);

const NOTHING: Context = new Map();

/** A function of the context that does its work once when the template has no variables. */
export const prepare = <T>(template: Template, build: (template: Template, context: Context) => T): ((context: Context) => T) => {
  if (template.hasVariables) return (context) => build(template, context);
  const ready = build(template, NOTHING);
  return () => ready;
};
