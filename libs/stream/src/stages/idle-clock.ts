import { lastClosedEnd } from '@tidemark/window-state';
import type { Position } from '../task/position.ts';
import type { EventTimeTurn } from './event-time.ts';
import { type ClosingQuery, hasClosingWindows, type Query } from './query.ts';

/** Where event time stood when all source tasks had become idle, and since when the clock runs from there, epoch ms. */
export interface IdleClock {
  readonly frontierMs: number;
  /** null: it stands still, as one of them is at work again, or not known to be idle. */
  readonly sinceMs: number | null;
}

type Watermarks = Readonly<Record<string, number>>;

/** Queries whose windows the clock closes (`closesWhenIdle`). */
function followers(queries: readonly Query<never>[]): readonly ClosingQuery[] {
  return queries.filter(hasClosingWindows).filter(({ closesWhenIdle }) => closesWhenIdle);
}

/**
 * Runs while all source tasks are idle. After a break it goes on from where it has moved the watermarks; where more was seen
 * meanwhile, it begins anew from there.
 */
export function nextIdleClock(
  queries: readonly Query<never>[],
  { idleClock: before, watermarkMs }: Pick<Position, 'idleClock' | 'watermarkMs'>,
  { allIdle, sourcesMs: frontierMs }: Pick<EventTimeTurn, 'allIdle' | 'sourcesMs'>,
  nowMs: number,
): IdleClock | undefined {
  if (followers(queries).length === 0) return undefined;
  if (!allIdle || frontierMs === -Infinity) return before && { ...before, sinceMs: null };
  if (before?.frontierMs !== frontierMs) return { frontierMs, sinceMs: nowMs };
  return before.sinceMs === null ? { frontierMs, sinceMs: nowMs - hasRunMs(queries, frontierMs, watermarkMs) } : before;
}

/** For how long it has run from this frontier, by the watermark that is the furthest behind of those that it still moves. */
function hasRunMs(queries: readonly Query<never>[], frontierMs: number, watermarkMs: Watermarks): number {
  const moved = followers(queries)
    .filter((query) => nextEnd(query, frontierMs, watermarkMs) !== undefined)
    .map(({ name, watermarkDelayMs }) => watermarkMs[name]! + watermarkDelayMs - frontierMs);
  return moved.length === 0 ? 0 : Math.max(0, Math.min(...moved));
}

/**
 * How far the clock moves a query's watermark, epoch ms; -Infinity for one that does not follow it. Not beyond the last
 * window of what has been seen: those of what is to come stay open.
 */
export function idleWatermark(query: Query<never>, clock: IdleClock | undefined, nowMs: number): number {
  if (typeof clock?.sinceMs !== 'number' || !hasClosingWindows(query) || !query.closesWhenIdle) return -Infinity;
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
  if (typeof clock?.sinceMs !== 'number') return undefined;
  const { frontierMs, sinceMs } = clock;
  const times = followers(queries).flatMap((query) => {
    const endMs = nextEnd(query, frontierMs, watermarkMs);
    return endMs === undefined ? [] : [sinceMs + endMs + query.watermarkDelayMs - frontierMs];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The next end of a window that the clock closes; undefined when it has closed all that hold something. */
function nextEnd(query: ClosingQuery, frontierMs: number, watermarkMs: Watermarks): number | undefined {
  const endMs = lastClosedEnd(query.window, watermarkMs[query.name] ?? -Infinity) + query.window.slideMs;
  return endMs > lastOpenEnd(query, frontierMs) ? undefined : endMs;
}

/** End of the newest window that holds this time. */
function lastOpenEnd({ window }: ClosingQuery, timeMs: number): number {
  return lastClosedEnd(window, timeMs + window.sizeMs);
}
