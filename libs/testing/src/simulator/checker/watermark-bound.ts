import { hasIdleness, type Parameters, readSources, sourceOf } from '../parameters.ts';
import type { Visit } from '../visits.ts';
import type { WindowedQuery } from '../windowed-query.ts';
import { isGood } from './expected.ts';
import { highestPastIdle, mayHaveBeenIdle } from './idle-bound.ts';

/** In a calm run without late answers what is written has been read and folded then. */
const READ_WITHIN_MS = 4_000;

/**
 * The highest watermark, before any delay, that can have stood when this visit was read, epoch ms: no partition's frontier is ahead of what
 * it has had so far, and the smallest one counts. Where others may be passed over, since they are idle or have drained,
 * its own partition's counts, and where that may have been idle as well what others had by then: see `highestPastIdle`.
 */
export function highestWatermark(parameters: Parameters, visits: readonly Visit[], visit: Visit): number {
  const isAgain = visit.round === 2;
  // Who has drained holds nothing back until it speaks again.
  if (isAgain && parameters.secondRound !== 'run') return largestTime(visits);
  const frontiers = new Map(readSources(parameters).map((source) => [source, -Infinity]));
  for (const other of visits) {
    const source = sourceOf(other);
    const isBehind = source === sourceOf(visit) && other.place >= visit.place;
    if (!isGood(other) || isBehind) continue;
    frontiers.set(source, Math.max(frontiers.get(source)!, other.timeMs));
  }
  const othersCount = isAgain || (!hasIdleness(parameters) && parameters.ending !== 'drain');
  const counting = othersCount ? [...frontiers.values()] : [frontiers.get(sourceOf(visit))!];
  const withoutIdleMs = Math.min(...counting);
  // Once all had drained the largest counted. Then the first of them was started again, and from there on each counts.
  if (isAgain) return Math.max(withoutIdleMs, largestTime(visits.filter(({ round }) => round === 1)));
  return hasIdleness(parameters) ? Math.max(withoutIdleMs, highestPastIdle(parameters, visits, visit)) : withoutIdleMs;
}

/**
 * The highest watermark that the clock can have made for a query by the time at which this visit was read, epoch ms: the end of the
 * newest window that holds something. Where nothing delays readers, of what was written by then.
 */
export function highestByClock(
  parameters: Parameters,
  visits: readonly Visit[],
  visit: Visit,
  query: WindowedQuery,
): number {
  if (!query.closesWhenIdle || !mayHaveBeenIdle(parameters, visits, visit)) return -Infinity;
  const { isCalm, kinds, hasTransactionalFeed } = parameters;
  const isPrompt = isCalm && kinds.size === 0 && !hasTransactionalFeed;
  const untilMs = isPrompt ? visit.fedAtMs + READ_WITHIN_MS : Infinity;
  return newestEnd(query, largestTime(visits.filter(({ fedAtMs }) => fedAtMs <= untilMs)));
}

/** End of the newest window that holds this time. */
export function newestEnd({ windowSizeMs, slideMs }: WindowedQuery, timeMs: number): number {
  return timeMs - (timeMs % slideMs) + windowSizeMs;
}

function largestTime(visits: readonly Visit[]): number {
  return Math.max(...visits.filter(isGood).map(({ timeMs }) => timeMs));
}

/**
 * The watermark once all is read, before any delay, epoch ms: of the largest event times of all partitions the smallest counts, or, where
 * all have been idle for long, the largest.
 */
export function lastWatermark(parameters: Parameters, visits: readonly Visit[]): number {
  const frontiers = readSources(parameters).map((source) => {
    return Math.max(
      ...visits.filter((visit) => isGood(visit) && sourceOf(visit) === source).map(({ timeMs }) => timeMs),
    );
  });
  const isLargest = hasIdleness(parameters) || parameters.ending === 'drain';
  return isLargest ? Math.max(...frontiers) : Math.min(...frontiers);
}
