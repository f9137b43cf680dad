const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ...['ms', 'milli', 'millis', 'millisecond', 'milliseconds'].map((word) => [word, 'ms'] as const),
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((word) => [word, 's'] as const),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((word) => [word, 'min'] as const),
  ...['h', 'hour', 'hours'].map((word) => [word, 'h'] as const),
  ...['d', 'day', 'days'].map((word) => [word, 'd'] as const),
]);

export const DURATION_RULE = 'a duration with its unit (ms, s, min, h, d), such as "30s" or "5 min", or 0';

/** Milliseconds of `30s`, `5 min`, `10 seconds`, `1.5h` or `0`; undefined for anything else, a bare number too. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const [, amount, word] = /^(\d{1,15}(?:\.\d{1,3})?) ?([a-z]+)$/i.exec(trimmed) ?? [];
  const unitMs = UNIT_MS[SPELLINGS.get((word ?? '').toLowerCase()) ?? ''];
  if (amount === undefined || unitMs === undefined) return undefined;
  const durationMs = Number(amount) * unitMs;
  return Number.isSafeInteger(durationMs) ? durationMs : undefined;
}
