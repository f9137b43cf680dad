import { aggregate, defineTopology, ok, query, type Topology } from '@tidemark/stream';
import { count, max, type RowMigration, sum } from '@tidemark/window-state';
import { topicSource, type Visit } from './visits.ts';

/** Total time per page: version 1 counts visits and time, version 2 knows the longest visit as well. */
export type Version = 1 | 2 | 'back';

const [visits, ms, longest] = [count<Visit>(), sum(({ ms }: Visit) => ms), max(({ ms }: Visit) => ms)];

/** What was the longest visit is not known of old rows: as long as all together, at most. */
const withLongest: RowMigration = {
  measures: ['visits', 'ms'],
  to: ({ visits, ms }) => ({ visits: visits!, ms: ms!, longest: ms! }),
};
const withoutLongest: RowMigration = {
  measures: ['visits', 'ms', 'longest'],
  to: ({ visits, ms }) => ({ visits: visits!, ms: ms! }),
};
const SHAPES = {
  1: { measures: { visits, ms } },
  2: { measures: { visits, ms, longest }, rowVersion: 2, migrateRow: { 1: withLongest } },
  // The shape of version 1 again, as a version of its own.
  back: { measures: { visits, ms }, rowVersion: 3, migrateRow: { 1: withLongest, 2: withoutLongest } },
};

/** cleaned → totals. @param change another spec of the query, for what is to be refused */
export function versionedCounter(version: Version, change: object = {}): Topology {
  const totals = query<Visit, 'page', string>({
    name: 'totals',
    groupBy: { page: ({ page }) => page },
    mode: 'update',
    everyMs: 0,
    sink: { topic: 'totals', key: ({ page }) => page, encode: (row) => JSON.stringify(row) },
    ...SHAPES[version],
    ...change,
  });
  const step = ({ value }: { value: Buffer | null }) => ok(JSON.parse(String(value)) as Visit);
  const source = topicSource('cleaned');
  const stages = aggregate<Visit>({
    source,
    step,
    eventTimeMs: ({ timeMs }) => timeMs,
    maxFutureMs: Infinity,
    queries: [totals],
  });
  return defineTopology({ worker: 'counter', stages });
}
