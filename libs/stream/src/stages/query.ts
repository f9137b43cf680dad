import {
  checkRowSchema,
  lastClosedEnd,
  type Measure,
  type Measures,
  type RowMigration,
  type RowSchema,
  type StateRow,
  type WindowSpec,
} from '@tidemark/window-state';
import type { Sink } from '../topology/sink.ts';

/**
 * `update`: rows changed since the last trigger. `append`: each window once, when the watermark passes its end. Both
 * drop late data and remove closed windows. `complete`: all rows at each trigger; drops and removes nothing.
 */
export const OUTPUT_MODES = ['update', 'append', 'complete'] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

/** Bounds of a row's window, epoch ms: start inclusive, end exclusive. */
export interface WindowBounds {
  readonly windowStartMs: number;
  readonly windowEndMs: number;
}

/** A row as a sink sees it: the group's fields, the measures and, of a windowed query, the window, by name. */
export type ResultRow<G extends string, M extends string, W> = Readonly<Record<G, string>> &
  Readonly<Record<M, number>> &
  (W extends WindowSpec ? WindowBounds : unknown);

/** One aggregation, as a topology states it. */
export interface QuerySpec<T, G extends string, M extends string, W extends WindowSpec | undefined> {
  readonly name: string;
  /** Records for which this is false are skipped by this query. Default: all count. */
  readonly where?: (record: T) => boolean;
  /** The fields that a row is grouped by; with the window, its identity. */
  readonly groupBy: Readonly<Record<G, (record: T) => string>>;
  /** Leave out for a running total. */
  readonly window?: W;
  /** How far the watermark stays behind the smallest frontier, ms. Default 0. */
  readonly watermarkDelayMs?: number;
  /**
   * Whether its watermark moves on with the clock while all source tasks are idle, until the windows of all that was seen
   * are closed. What comes later for one of them is late then, so that answers depend on when things came. Default: false.
   * Not behind a stage that only passes event time on: it does not tell who is idle.
   */
  readonly closesWhenIdle?: boolean;
  readonly measures: Readonly<Record<M, Measure<T>>>;
  /** Version of its rows: one more with each change of `measures`. Default 1. */
  readonly rowVersion?: number;
  /** How rows of each earlier version become those of the next one, by the version that they have. */
  readonly migrateRow?: Readonly<Record<number, RowMigration>>;
  readonly mode: OutputMode;
  /** Emission interval, ms; 0 = with the commit that changed the row. */
  readonly everyMs: number;
  readonly sink: Sink<ResultRow<G, M, W>>;
}

/** One aggregation over the records of a combine stage, with its row type forgotten. */
export interface Query<T> {
  readonly name: string;
  readonly where: ((record: T) => boolean) | undefined;
  readonly groupBy: Readonly<Record<string, (record: T) => string>>;
  readonly window: WindowSpec | undefined;
  readonly watermarkDelayMs: number;
  readonly closesWhenIdle: boolean;
  readonly measures: Measures<T>;
  readonly rowVersion: number;
  readonly migrateRow: Readonly<Record<number, RowMigration>>;
  readonly mode: OutputMode;
  readonly everyMs: number;
  readonly sink: Sink<Readonly<Record<string, string | number>>>;
}

/**
 * An aggregation.
 * @throws RangeError for `append` without a window (a running total is never final), and for row migrations with a gap
 */
export function query<T, const G extends string, const M extends string, W extends WindowSpec | undefined = undefined>(
  spec: QuerySpec<T, G, M, W>,
): Query<T> {
  if (spec.mode === 'append' && spec.window === undefined) {
    throw new RangeError(`query ${spec.name}: a running total is never final, so that append would emit nothing`);
  }
  const whole: Query<T> = {
    where: undefined,
    watermarkDelayMs: 0,
    closesWhenIdle: false,
    rowVersion: 1,
    migrateRow: {},
    ...spec,
    window: spec.window,
    // The merge stage builds rows with exactly these fields.
    sink: spec.sink as unknown as Query<T>['sink'],
  };
  checkRowSchema(rowSchemaOf(whole));
  return whole;
}

/** The shape of a query's rows and partial rows. */
export function rowSchemaOf({ name, rowVersion, migrateRow, measures }: Query<never>): RowSchema {
  return { query: name, version: rowVersion, measures: Object.keys(measures), migrations: migrateRow };
}

/** The row that a sink sees. */
export function resultRow(query: Query<never>, row: StateRow): Readonly<Record<string, string | number>> {
  const result: Record<string, string | number> = {};
  Object.keys(query.groupBy).forEach((field, index) => (result[field] = row.group[index]!));
  Object.keys(query.measures).forEach((measure, index) => (result[measure] = row.accumulator[index]!));
  if (row.windowStartMs !== null) {
    result['windowStartMs'] = row.windowStartMs;
    result['windowEndMs'] = row.windowStartMs + query.window!.sizeMs;
  }
  return result;
}

/** A query that drops late data and removes closed windows. */
export type ClosingQuery = Query<never> & { readonly window: WindowSpec };

export function hasClosingWindows(query: Query<never>): query is ClosingQuery {
  return query.window !== undefined && query.mode !== 'complete';
}

/** The last window end that a query's watermark has closed, epoch ms; -Infinity while none is. */
export function closedEnd(query: Query<never>, watermarkMs: number | undefined): number {
  if (watermarkMs === undefined || !hasClosingWindows(query)) return -Infinity;
  return lastClosedEnd(query.window, watermarkMs);
}

/** The part of a query that its state depends on. */
export function describeQuery(query: Query<never>): object {
  const kinds = Object.entries(query.measures).map(([measure, { kind }]) => [measure, kind]);
  return { ...describeIdentity(query), measures: kinds };
}

/** The part of it that no migration of rows can change: what makes a row that row. */
export function describeIdentity(query: Query<never>): object {
  const { name, groupBy, window } = query;
  return { name, groupBy: Object.keys(groupBy), window: window ?? null, closes: hasClosingWindows(query) };
}
