/** Durations as people and Terraform write them (`1h`, `90m`, `1h30m`, `3600s`, `3600`), and as seconds. */

const UNITS = { h: 3600, m: 60, s: 1 } as const;
const PARTS = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Seconds, or undefined when the text is no duration. A bare number is seconds. */
export const parseDuration = (text: string): number | undefined => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const parts = text === '' ? null : PARTS.exec(text);
  if (parts === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  const total = Number(hours) * UNITS.h + Number(minutes) * UNITS.m + Number(seconds);
  return Number.isSafeInteger(total) ? total : undefined;
};

/** The shortest Go duration: `1h`, `1h30m`, `900s` becomes `15m`. */
export const formatDuration = (totalSeconds: number): string => {
  const hours = Math.floor(totalSeconds / UNITS.h);
  const minutes = Math.floor((totalSeconds % UNITS.h) / UNITS.m);
  const seconds = totalSeconds % UNITS.m;
  const text = `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${seconds > 0 ? `${seconds}s` : ''}`;
  return text === '' ? '0s' : text;
};
