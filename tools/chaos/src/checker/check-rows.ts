import type { Findings } from './anomalies.ts';
import { readRow } from './changelog.ts';
import type { TaskState } from './check-changelog.ts';
import type { Expected } from './check-inputs.ts';
import type { ResultQuery } from './check-results.ts';
import { isNeeded, isPossible } from './expected-table.ts';
import { QUERIES, rowKey, startOfRow } from './queries.ts';

/**
 * Rows that cannot have been removed must stand in the state of a task, as the input makes them. When exactly a window was
 * closed nothing outside of the tasks tells; but no watermark can have been above the largest event time.
 */
export function checkRows(states: readonly TaskState[], { tables, latestS }: Expected, findings: Findings): void {
  for (const query of QUERIES) {
    const standing = rowsOf(query, states);
    const highestMarkS = (latestS.get(query.name) ?? -Infinity) - (query.windows?.delayS ?? 0);
    for (const [key, row] of tables.get(query.name)!) {
      if (!isNeeded(row) || mayBeClosed(query, key, highestMarkS)) continue;
      const measures = standing.get(key);
      if (measures !== undefined && isPossible(row, measures)) continue;
      const found = measures?.join(' ') ?? 'in the state of no task';
      findings.add('wrong-aggregate', `${query.name}: ${key} is ${found}, and must be ${row.sure.join(' ')}`);
    }
  }
}

/** Measures of a query's rows in the states of its application's tasks, by `rowKey`. */
function rowsOf({ name, application }: ResultQuery, states: readonly TaskState[]): Map<string, readonly number[]> {
  const rows = states
    .filter((state) => state.application === application)
    .flatMap((state) => [...state.rows.values()].map(readRow))
    .filter(({ query }) => query === name);
  return new Map(
    rows.map(({ group, startMs, measures }) => [rowKey(group, startMs === null ? null : startMs / 1_000), measures]),
  );
}

/** A row without a window is never removed. */
function mayBeClosed({ windows }: ResultQuery, key: string, highestMarkS: number): boolean {
  return windows !== undefined && startOfRow(key)! + windows.sizeS <= highestMarkS;
}
