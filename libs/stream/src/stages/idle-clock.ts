import { lastClosedEnd } from '@tidemark/window-state';
import type { EventTimeTurn } from './event-time.ts';
import { type ClosingQuery, hasClosingWindows, type Query } from './query.ts';

/** Where event time stood when all source tasks had become idle, and when that was seen, epoch ms. */
export interface IdleClock {
  readonly frontierMs: number;
  readonly sinceMs: number;
}

type Watermarks = Readonly<Record<string, number>>;

/** Queries whose windows the clock closes (`closesWhenIdle`). */
function followers(queries: readonly Query<never>[]): readonly ClosingQuery[] {
  return queries.filter(hasClosingWindows).filter(({ closesWhenIdle }) => closesWhenIdle);
}

/** Runs while all source tasks are idle. Where they have got further meanwhile, it begins anew from there. */
export function nextIdleClock(
  queries: readonly Query<never>[],
  before: IdleClock | undefined,
  { allIdle, sourcesMs: frontierMs }: Pick<EventTimeTurn, 'allIdle' | 'sourcesMs'>,
  nowMs: number,
): IdleClock | undefined {
  if (!allIdle || frontierMs === -Infinity || followers(queries).length === 0) return undefined;
  return before?.frontierMs === frontierMs ? before : { frontierMs, sinceMs: nowMs };
}

/**
 * How far the clock moves a query's watermark, epoch ms; -Infinity for one that does not follow it. Not beyond the last
 * window of what has been seen: those of what is to come stay open.
 */
export function idleWatermark(query: Query<never>, clock: IdleClock | undefined, nowMs: number): number {
  if (clock === undefined || !hasClosingWindows(query) || !query.closesWhenIdle) return -Infinity;
  const { frontierMs, sinceMs } = clock;
  const elapsedMs = Math.max(0, nowMs - sinceMs);
  return Math.min(frontierMs + elapsedMs - query.watermarkDelayMs, lastOpenEnd(query, frontierMs));
}

/** When the clock has closed the next window, epoch ms; undefined when nothing is left that it would close. */
export function nextClosingMs(
  queries: readonly Query<never>[],
  clock: IdleClock | undefined,
  watermarkMs: Watermarks,
): number | undefined {
  if (clock === undefined) return undefined;
  const times = followers(queries).flatMap((query) => {
    const endMs = lastClosedEnd(query.window, watermarkMs[query.name]!) + query.window.slideMs;
    if (endMs > lastOpenEnd(query, clock.frontierMs)) return [];
    return [clock.sinceMs + endMs + query.watermarkDelayMs - clock.frontierMs];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** End of the newest window that holds this time. */
function lastOpenEnd({ window }: ClosingQuery, timeMs: number): number {
  return lastClosedEnd(window, timeMs + window.sizeMs);
}
