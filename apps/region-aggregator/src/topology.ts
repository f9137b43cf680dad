import { decodeProcessedEvent, encodeSalesSummary, type ProcessedEvent, topics } from '@tidemark/schemas';
import { aggregate, defineTopology, parseStep, query, type TopicSource, type Topology } from '@tidemark/stream';
import { count, sum } from '@tidemark/window-state';

export interface RegionAggregatorOptions {
  readonly source: TopicSource;
  /** `complete`: the whole table at each trigger. `update`: the regions that changed. */
  readonly mode: 'complete' | 'update';
  /** Emission interval; 0 = with each commit. */
  readonly everyMs: number;
  readonly maxFutureMs: number;
}

/** processed-events → running totals per region → sales-summary. */
export function createTopology(options: RegionAggregatorOptions): Topology {
  return defineTopology({
    worker: 'region-aggregator',
    stages: aggregate({
      source: options.source,
      step: parseStep('readProcessedEvent', decodeProcessedEvent),
      eventTimeMs: (event) => event.eventTimeMs,
      maxFutureMs: options.maxFutureMs,
      queries: [
        query({
          name: 'sales-summary',
          groupBy: { region: (event: ProcessedEvent) => event.region },
          measures: { totalSales: sum((event: ProcessedEvent) => event.totalAmount), orderCount: count() },
          mode: options.mode,
          everyMs: options.everyMs,
          sink: { topic: topics.salesSummary.topic, key: (row) => row.region, encode: encodeSalesSummary },
        }),
      ],
    }),
  });
}
