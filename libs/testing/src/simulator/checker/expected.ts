import { hasIdleness, type Parameters, readSources, sourceOf } from '../parameters.ts';
import type { Visit } from '../visits.ts';
import type { WindowedQuery } from '../windowed-query.ts';

/** Starts of the windows that hold this time. */
export function windowStartsOf({ windowSizeMs, slideMs }: WindowedQuery, timeMs: number): readonly number[] {
  const starts: number[] = [];
  for (let start = Math.floor(timeMs / slideMs) * slideMs; start > timeMs - windowSizeMs; start -= slideMs)
    starts.push(start);
  return starts;
}

export function isGood(visit: Visit): boolean {
  return visit.page !== 'none' && !isError(visit);
}

/** One that the step refuses, or a later part of the topology; one that the step skips is no error, whatever its time. */
export function isError({ page, isFromFuture }: Visit): boolean {
  return page === 'bad' || page === 'torn' || (page !== 'none' && isFromFuture === true);
}

/**
 * The highest watermark, before any delay, that can have stood when this visit was read, epoch ms: no partition's frontier is ahead of what
 * it has had so far, and the smallest one counts. Where others may be passed over, since they are idle or have drained,
 * its own partition's counts; where that may have been idle as well there is no such bound.
 */
export function highestWatermark(parameters: Parameters, visits: readonly Visit[], visit: Visit): number {
  // Who has drained holds nothing back until it speaks again.
  if (visit.round === 2) return Math.max(...visits.filter(isGood).map(({ timeMs }) => timeMs));
  if (hasIdleness(parameters) && mayHaveBeenIdle(parameters, visits, visit)) return Infinity;
  const frontiers = new Map(readSources(parameters).map((source) => [source, -Infinity]));
  for (const other of visits) {
    const source = sourceOf(other);
    const isBehind = source === sourceOf(visit) && other.place >= visit.place;
    if (!isGood(other) || isBehind) continue;
    frontiers.set(source, Math.max(frontiers.get(source)!, other.timeMs));
  }
  const othersCount = !hasIdleness(parameters) && parameters.ending !== 'drain';
  const counting = othersCount ? [...frontiers.values()] : [frontiers.get(sourceOf(visit))!];
  return Math.min(...counting);
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
  return hasIdleness(parameters) ? Math.max(...frontiers) : Math.min(...frontiers);
}

/** A task hears of what is written a little later, or much later where fetches are slow or processes stand still. */
const HEARD_WITHIN_MS = 500;

/**
 * Whether the task that reads this visit can have stood at the end of its partition for the idle time-out at any time
 * before it was written. What is in an open transaction is written: its task is not at the end.
 */
function mayHaveBeenIdle({ idleTimeoutMs, kinds }: Parameters, visits: readonly Visit[], visit: Visit): boolean {
  if ((['freeze', 'zombie', 'fetch-late', 'fetch-empty'] as const).some((kind) => kinds.has(kind))) return true;
  const before = visits.filter((other) => sourceOf(other) === sourceOf(visit) && other.place < visit.place);
  const writtenAtMs = [0, ...before.map(({ fedAtMs }) => fedAtMs), visit.fedAtMs];
  return writtenAtMs.some(
    (atMs, index) => index > 0 && atMs - writtenAtMs[index - 1]! > idleTimeoutMs - HEARD_WITHIN_MS,
  );
}
