/** Instants as IAM writes them: ISO 8601 (W3C profile) or epoch seconds, to and from epoch milliseconds. Arithmetic only, no clock. */

const ISO = /^(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/;
const EPOCH_SECONDS = /^-?\d{1,12}(?:\.\d{1,9})?$/;
const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of a date of the Gregorian calendar, counted in 400-year cycles that begin in March. */
const daysOf = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const cycle = Math.floor(y / 400);
  const yearOfCycle = y - cycle * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return cycle * 146_097 + yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear - 719_468;
};

const daysInMonth = (year: number, month: number): number =>
  month === 12 ? 31 : daysOf(year, month + 1, 1) - daysOf(year, month, 1);

const offsetMs = (zone: string | undefined): number => {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
};

/** Epoch milliseconds; undefined for what is neither form. A time without a zone is UTC. */
export const parseInstant = (text: string): number | undefined => {
  const parts = ISO.exec(text);
  if (parts === null) return EPOCH_SECONDS.test(text) ? Number(text) * 1000 : undefined;
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  const fraction = parts[7] === undefined ? 0 : Number(`0.${parts[7]}`) * 1000;
  return daysOf(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offsetMs(parts[8]);
};

const two = (value: number): string => String(value).padStart(2, '0');

/** `YYYY-MM-DDThh:mm:ssZ`, as aws:CurrentTime reads. */
export const formatInstant = (epochMs: number): string => {
  const days = Math.floor(epochMs / DAY_MS);
  const seconds = Math.floor((epochMs - days * DAY_MS) / 1000);
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysOf(year + 1, 1, 1) <= days) year++;
  while (daysOf(year, 1, 1) > days) year--;
  let month = 1;
  while (month < 12 && daysOf(year, month + 1, 1) <= days) month++;
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(days - daysOf(year, month, 1) + 1)}`;
  return `${date}T${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}Z`;
};
