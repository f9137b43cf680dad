import { setTimeout as delay } from 'node:timers/promises';

/** Times are those of `performance.now()`. */
export interface SteadyRate {
  readonly ratePerSecond: number;
  readonly count: number;
  readonly startMs: number;
  readonly signal: AbortSignal;
}

/** Pause after a send, in which events gather: what Java's producer waits by default (`linger.ms`). */
const GATHER_MS = 5;

/** When an event is due, whatever was sent when. */
export function dueMs(
  { startMs, ratePerSecond }: Pick<SteadyRate, 'startMs' | 'ratePerSecond'>,
  index: number,
): number {
  return startMs + (index * 1_000) / ratePerSecond;
}

/** How many events are due at a time. */
export function dueCount({ startMs, ratePerSecond, count }: Omit<SteadyRate, 'signal'>, nowMs: number): number {
  return Math.min(count, Math.floor(((nowMs - startMs) * ratePerSecond) / 1_000) + 1);
}

/**
 * Open loop: events are due by the clock alone, and those that become due during a send go with the next one. A stall
 * puts nothing off, it makes events late. After each send events gather for a moment, which counts.
 * @param send gets the numbers of the first and the last event, the last exclusive
 */
export async function sendSteadily(rate: SteadyRate, send: (from: number, to: number) => Promise<void>): Promise<void> {
  for (let next = 0; next < rate.count;) {
    const due = dueCount(rate, performance.now());
    if (due > next) await send(next, due);
    rate.signal.throwIfAborted();
    next = Math.max(next, due);
    await delay(GATHER_MS, undefined, { signal: rate.signal });
  }
}
