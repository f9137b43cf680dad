import { lastClosedEnd, type Measures, type StateRow, type WindowSpec } from '@tidemark/window-state';
import type { Sink } from '../topology/sink.ts';

/**
 * `update`: rows changed since the last trigger. `append`: each window once, when the watermark passes its end. Both
 * drop late data and remove closed windows. `complete`: all rows at each trigger; drops and removes nothing.
 */
export type OutputMode = 'update' | 'append' | 'complete';

/** A row as a sink sees it. */
export interface QueryRow {
  readonly group: readonly string[];
  /** Epoch ms; null for a running total. */
  readonly windowStartMs: number | null;
  readonly windowEndMs: number | null;
  /** The query's measures, by name. */
  readonly measures: Readonly<Record<string, number>>;
}

/** One aggregation over the records of a combine stage. */
export interface Query<T> {
  readonly name: string;
  /** Records for which this is false are skipped by this query. Default: all count. */
  readonly where?: (record: T) => boolean;
  readonly groupBy: (record: T) => readonly string[];
  /** Leave out for a running total. */
  readonly window?: WindowSpec;
  /** How far the watermark stays behind the smallest frontier, ms. */
  readonly watermarkDelayMs: number;
  readonly measures: Measures<T>;
  readonly mode: OutputMode;
  /** Emission interval, ms; 0 = with the commit that changed the row. */
  readonly everyMs: number;
  readonly sink: Sink<QueryRow>;
}

/** Whether this query drops late data and removes closed windows. */
export function hasClosingWindows(query: Query<never>): query is Query<never> & { readonly window: WindowSpec } {
  return query.window !== undefined && query.mode !== 'complete';
}

/** The last window end that a query's watermark has closed, epoch ms; -Infinity while none is. */
export function closedEnd(query: Query<never>, watermarkMs: number | undefined): number {
  if (watermarkMs === undefined || !hasClosingWindows(query)) return -Infinity;
  return lastClosedEnd(query.window, watermarkMs);
}

export function windowEnd(query: Query<never>, row: StateRow): number | null {
  return row.windowStartMs === null ? null : row.windowStartMs + query.window!.sizeMs;
}

/** The part of a query that its state depends on. */
export function describeQuery(query: Query<never>): object {
  const { name, window, measures } = query;
  const kinds = Object.entries(measures).map(([measure, { kind }]) => [measure, kind]);
  return { name, window: window ?? null, closes: hasClosingWindows(query), measures: kinds };
}
