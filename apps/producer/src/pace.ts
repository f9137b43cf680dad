/** When each event is due: event n at n/rate seconds after the start, whatever the sends before it took. */
export interface Pace {
  /** How many events are due at `nowMs`. */
  due(nowMs: number): number;
  /** How long to wait until there is more to send than `sent`, ms. */
  waitMs(sent: number, nowMs: number): number;
}

/** At high rates events are sent in bundles this far apart, not one by one. */
const MIN_WAIT_MS = 20;

/** @param ratePerSecond 0 = everything is due at once */
export function createPace(ratePerSecond: number, startMs: number): Pace {
  if (ratePerSecond === 0) return { due: () => Infinity, waitMs: () => 0 };
  const dueMs = (event: number) => startMs + (event * 1_000) / ratePerSecond;
  return {
    // The first event is due at the start itself.
    due: (nowMs) => Math.floor(((nowMs - startMs) * ratePerSecond) / 1_000) + 1,
    waitMs: (sent, nowMs) => Math.max(MIN_WAIT_MS, Math.ceil(dueMs(sent) - nowMs)),
  };
}
