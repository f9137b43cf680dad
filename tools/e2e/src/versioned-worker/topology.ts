import { decodeProcessedEvent, encodeSalesSummary, type ProcessedEvent, topics } from '@tidemark/schemas';
import { aggregate, defineTopology, parseStep, query, type TopicSource, type Topology } from '@tidemark/stream';
import { count, max, type RowMigration, sum } from '@tidemark/window-state';

/** `1`: total and number. `2`: the largest since the migration as well. `3`: the shape of 1 again, to go back to without losing anything. */
export const VERSIONS = ['1', '2', '3'] as const;
export type Version = (typeof VERSIONS)[number];

const totalSales = sum((event: ProcessedEvent) => event.totalAmount);
const orderCount = count<ProcessedEvent>();
const largest = max((event: ProcessedEvent) => event.totalAmount);

const withLargest: RowMigration = {
  measures: ['totalSales', 'orderCount'],
  to: ({ totalSales, orderCount }) => ({ totalSales: totalSales!, orderCount: orderCount!, largest: 0 }),
};
const withoutLargest: RowMigration = {
  measures: ['totalSales', 'orderCount', 'largest'],
  to: ({ totalSales, orderCount }) => ({ totalSales: totalSales!, orderCount: orderCount! }),
};

const SHAPES = {
  '1': { measures: { totalSales, orderCount } },
  '2': { measures: { totalSales, orderCount, largest }, rowVersion: 2, migrateRow: { 1: withLargest } },
  '3': { measures: { totalSales, orderCount }, rowVersion: 3, migrateRow: { 1: withLargest, 2: withoutLargest } },
} as const;

interface Totals {
  readonly region: string;
  readonly totalSales: number;
  readonly orderCount: number;
  /** Of version 2 alone. */
  readonly largest?: number;
}

/** As region-aggregator writes it; by `largest` one sees which version a row is of. */
function encodeTotals(row: Totals): string {
  const text = encodeSalesSummary(row);
  return row.largest === undefined ? text : `${text.slice(0, -1)},"largest":${row.largest}}`;
}

/** processed-events → totals per region → sales-summary, by one of its versions. */
export function createTopology(source: TopicSource, version: Version): Topology {
  const totals = query<ProcessedEvent, 'region', 'totalSales' | 'orderCount'>({
    name: 'totals',
    groupBy: { region: (event) => event.region },
    mode: 'update',
    everyMs: 0,
    sink: {
      topic: topics.salesSummary.topic,
      key: ({ region }) => region,
      encode: encodeTotals,
    },
    ...SHAPES[version],
  });
  const step = parseStep('readProcessedEvent', decodeProcessedEvent);
  const eventTimeMs = (event: ProcessedEvent) => event.eventTimeMs;
  return defineTopology({ worker: 'versioned', stages: aggregate({ source, step, eventTimeMs, queries: [totals] }) });
}
