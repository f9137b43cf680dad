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
