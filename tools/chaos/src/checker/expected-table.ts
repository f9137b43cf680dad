import { type CheckedQuery, rowKey, windowStarts } from './queries.ts';

/** What a row's measures must be: `sure`, plus any part of `maybe`. */
export interface ExpectedRow {
  readonly sure: number[];
  /** From events that were late for some of their windows, which nothing outside of the task tells apart. */
  readonly maybe: number[];
}

/** The rows of one query, computed from its input alone. */
export type ExpectedTable = Map<string, ExpectedRow>;

/** When an event came, in event time. */
export interface Arrival {
  readonly timestampS: number;
  /** Largest event time before it on its source partition, epoch s; no watermark can have been above this less the delay. */
  readonly latestBeforeS: number;
  /** Whether `late-events` says that the query has left it out. */
  readonly isLate: boolean;
}

/**
 * Adds an event to all of its rows.
 * @returns false when it was left out as late although no watermark can have passed its newest window
 */
export function addEvent<E>(query: CheckedQuery<E>, table: ExpectedTable, event: E, arrival: Arrival): boolean {
  const measures = query.measures(event);
  if (measures === undefined) return !arrival.isLate;
  const group = query.group(event);
  const { windows } = query;
  if (windows === undefined) {
    addTo(table, rowKey(group, null), measures, 'sure');
    return !arrival.isLate;
  }
  const highestMarkS = arrival.latestBeforeS - windows.delayS;
  const [newestS, ...olderS] = windowStarts(windows, arrival.timestampS);
  if (arrival.isLate) return newestS! + windows.sizeS <= highestMarkS;
  addTo(table, rowKey(group, newestS!), measures, 'sure');
  for (const startS of olderS) {
    addTo(table, rowKey(group, startS), measures, startS + windows.sizeS <= highestMarkS ? 'maybe' : 'sure');
  }
  return true;
}

function addTo(table: ExpectedTable, key: string, measures: readonly number[], certainty: keyof ExpectedRow): void {
  let row = table.get(key);
  if (row === undefined) table.set(key, (row = { sure: measures.map(() => 0), maybe: measures.map(() => 0) }));
  const sums = row[certainty];
  measures.forEach((measure, index) => (sums[index]! += measure));
}

/** Whether these may be the measures of the row. */
export function isPossible(row: ExpectedRow | undefined, measures: readonly number[]): boolean {
  if (row === undefined) return false;
  return measures.every(
    (measure, index) => measure >= row.sure[index]! && measure <= row.sure[index]! + row.maybe[index]!,
  );
}

/** Whether there must be something of the row. */
export function isNeeded({ sure }: ExpectedRow): boolean {
  return sure.some((measure) => measure > 0);
}

/** Whether some of the row is not certain. */
export function isOpenToDoubt({ maybe }: ExpectedRow): boolean {
  return maybe.some((measure) => measure > 0);
}
