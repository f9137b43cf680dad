import { renderTable, rounded } from '../report/render-table.ts';
import { median } from '../report/statistics.ts';

/** What one take-over of the task took. */
export interface TakeOver {
  readonly seconds: number;
  readonly rows: number;
  readonly changelogRecords: number;
  /** From the start of the process until it was ready, all its tasks taken over. */
  readonly readySeconds: number;
}

export const SOURCES = ['checkpoint', 'changelog'] as const;
/** Where a take-over has its rows from. */
export type Source = (typeof SOURCES)[number];

/** What is asked for 100,000 rows, s. */
export const GOAL_SECONDS: Readonly<Record<Source, number>> = { checkpoint: 1, changelog: 5 };

export interface SourceSummary {
  /** Median and slowest. */
  readonly seconds: number;
  readonly maxSeconds: number;
  readonly changelogRecords: number;
  readonly readySeconds: number;
}

export type TakeOverSummary = Readonly<Record<Source, SourceSummary>> & { readonly rows: number };

export function takeOverSummary(measured: Readonly<Record<Source, readonly TakeOver[]>>): TakeOverSummary {
  const { checkpoint, changelog } = measured;
  return { rows: checkpoint[0]!.rows, checkpoint: summaryOf(checkpoint), changelog: summaryOf(changelog) };
}

function summaryOf(takeOvers: readonly TakeOver[]): SourceSummary {
  const seconds = takeOvers.map((each) => each.seconds);
  return {
    seconds: rounded(median(seconds), 3),
    maxSeconds: rounded(Math.max(...seconds), 3),
    changelogRecords: Math.max(...takeOvers.map(({ changelogRecords }) => changelogRecords)),
    readySeconds: rounded(median(takeOvers.map(({ readySeconds }) => readySeconds)), 2),
  };
}

/** Lines for people. */
export function takeOverTable(summary: TakeOverSummary): string[] {
  const rows = SOURCES.map((source) => {
    const { seconds, maxSeconds, changelogRecords, readySeconds } = summary[source];
    const numbers = [seconds, maxSeconds, GOAL_SECONDS[source], changelogRecords, readySeconds];
    return [source, ...numbers.map(String)];
  });
  const head = ['rows from', 'median s', 'slowest s', 'goal s', 'changelog records', 'ready s'];
  return ['', `take-over of a task with ${summary.rows} rows`, ...renderTable(head, rows)];
}
