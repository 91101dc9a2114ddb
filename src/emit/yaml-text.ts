/** Plain data as YAML, in a form that every reader of YAML 1.1 and 1.2 takes for the same: maps and lists by lines, doubtful texts in quotes. */
import { escapeUnseen } from './unseen.ts';

/** Plain beyond doubt: no sign of YAML's own, and no word or number. */
const PLAIN = /^[A-Za-z/][A-Za-z0-9/_.@+-]*(?:::?[A-Za-z0-9/_.@+*-]+)*$/;
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

/** A JSON string is a string of YAML, but for characters that YAML wants escaped. */
const yamlScalar = (value: string | number | boolean): string => {
  if (typeof value !== 'string') return String(value);
  if (PLAIN.test(value) && !WORDS.test(value)) return value;
  return escapeUnseen(JSON.stringify(value));
};

const isScalar = (value: unknown): value is string | number | boolean => typeof value !== 'object' || value === null;

const linesOf = (value: unknown): readonly string[] => {
  if (isScalar(value)) return [yamlScalar(value)];
  if (Array.isArray(value)) {
    if (value.length === 0) return ['[]'];
    return value.flatMap((item: unknown) => linesOf(item).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`));
  }
  const entries = Object.entries(value as object).filter(([, entry]) => entry !== undefined);
  if (entries.length === 0) return ['{}'];
  return entries.flatMap(([key, entry]: [string, unknown]) => {
    const lines = linesOf(entry);
    const [first = ''] = lines;
    const isInline = isScalar(entry) || (lines.length === 1 && (first === '[]' || first === '{}'));
    return isInline ? [`${yamlScalar(key)}: ${first}`] : [`${yamlScalar(key)}:`, ...lines.map((line) => `  ${line}`)];
  });
};

export const yamlText = (value: object): string => `${linesOf(value).join('\n')}\n`;
