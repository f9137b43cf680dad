/**
 * Times as text, `2026-01-01T00:00:00.000Z`. Events cluster: a batch holds few different seconds, so both directions
 * remember what they computed last, within a bound.
 */
const CACHE_LIMIT = 4_096;
const ISO_SHAPE = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const textByMs = new Map<number, string>();
const msByText = new Map<string, number>();

function remember<K, V>(cache: Map<K, V>, key: K, value: V): V {
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, value);
  return value;
}

/** ISO text of epoch milliseconds, UTC. @throws RangeError outside of what a Date holds */
export function isoFromMs(timeMs: number): string {
  return textByMs.get(timeMs) ?? remember(textByMs, timeMs, new Date(timeMs).toISOString());
}

/**
 * Epoch milliseconds of a text in exactly the form that `isoFromMs` writes, else undefined. The window after the last
 * second of the year 9999 ends at `+010000-01-01T00:00:00.000Z`.
 */
export function msFromIso(text: string): number | undefined {
  return msByText.get(text) ?? parseIso(text);
}

function parseIso(text: string): number | undefined {
  if (!ISO_SHAPE.test(text)) return undefined;
  const timeMs = Date.parse(text);
  // Date.parse accepts 24:00:00 and, for some months, a day too many; the way back does not.
  if (Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== text) return undefined;
  return remember(msByText, text, timeMs);
}
