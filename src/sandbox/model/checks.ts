/** Checks of untrusted data, each of which complains with a place: the words that the seed's and the faults' grammar are written in. */
import { isRecord } from '#domain/record.ts';

export type Check = (value: unknown, place: string, complain: (place: string, message: string) => void) => void;

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

export const text: Check = (value, place, complain) => {
  if (typeof value !== 'string') complain(place, `must be text, and is ${shown(value)}`);
};

/** Text that no message, log or terminal may repeat, not even where it is the wrong kind of value. */
export const secret: Check = (value, place, complain) => {
  if (typeof value !== 'string') complain(place, 'must be text, in quotes where it looks like a number');
};

export const count: Check = (value, place, complain) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    complain(place, `must be a whole number from 0, and is ${shown(value)}`);
};

export const integer: Check = (value, place, complain) => {
  if (!Number.isSafeInteger(value)) complain(place, `must be a whole number, and is ${shown(value)}`);
};

export const between =
  (least: number, most: number): Check =>
  (value, place, complain) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      complain(place, `must be a whole number from ${least} to ${most}, and is ${shown(value)}`);
  };

export const flag: Check = (value, place, complain) => {
  if (typeof value !== 'boolean') complain(place, `must be true or false, and is ${shown(value)}`);
};

/** The grammar is checked when the policy is stored. */
export const document: Check = (value, place, complain) => {
  if (typeof value !== 'string' && !isRecord(value)) complain(place, 'must be a policy document, as JSON text or as a mapping');
};

export const anything: Check = (value, place, complain) => {
  if (!isRecord(value)) complain(place, 'must be a mapping');
};

export const oneOf =
  (...known: readonly string[]): Check =>
  (value, place, complain) => {
    if (typeof value !== 'string' || !known.includes(value))
      complain(place, `must be one of ${known.join(', ')}, and is ${shown(value)}`);
  };

/** Words that `parse` understands; `wanted` says which. */
export const written =
  (parse: (words: string) => unknown, wanted: string): Check =>
  (value, place, complain) => {
    const words = typeof value === 'number' ? String(value) : value;
    if (typeof words !== 'string' || parse(words) === undefined) complain(place, `must be ${wanted}, and is ${shown(value)}`);
  };

export const list =
  (each: Check): Check =>
  (value, place, complain) => {
    if (Array.isArray(value)) value.forEach((item, index) => each(item, `${place}[${index}]`, complain));
    else complain(place, 'must be a list');
  };

export const fields =
  (known: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  (value, place, complain) => {
    if (!isRecord(value)) return complain(place, 'must be a mapping');
    for (const [key, inner] of Object.entries(value)) {
      const check = Object.hasOwn(known, key) ? known[key] : undefined;
      const at = place === '' ? key : `${place}.${key}`;
      if (check === undefined) complain(at, `is not known here; there are ${Object.keys(known).join(', ')}`);
      else if (inner !== undefined) check(inner, at, complain);
    }
    for (const key of required) if (value[key] === undefined) complain(place, `lacks ${key}`);
  };
