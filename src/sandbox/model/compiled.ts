/** Policies compiled once for as long as their text stays the same: most calls ask the same few policies again. */
import { compilePolicy, type CompiledPolicy } from '#policy/compile.ts';
import type { PolicyKind } from '#domain/cause.ts';

const CAPACITY = 2000;
const cache = new Map<string, CompiledPolicy>();

/** `name` is what explanations call it. */
export const compiled = (kind: PolicyKind, text: string, name?: string): CompiledPolicy => {
  const key = `${kind}\n${name ?? ''}\n${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= CAPACITY) cache.clear();
  const made = compilePolicy(name === undefined ? text : { name, document: text }, kind);
  cache.set(key, made);
  return made;
};
