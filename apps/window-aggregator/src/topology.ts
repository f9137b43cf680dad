import { decodeProcessedEvent, encodeWindowSales, type ProcessedEvent, topics } from '@tidemark/schemas';
import {
  aggregate,
  defineTopology,
  type OutputMode,
  parseStep,
  query,
  type TopicSource,
  type Topology,
} from '@tidemark/stream';
import { count, slidingWindow, sum, type WindowSpec } from '@tidemark/window-state';

export interface WindowAggregatorOptions {
  readonly source: TopicSource;
  readonly window: WindowSpec;
  readonly watermarkDelayMs: number;
  /** Whether the clock closes windows while nothing comes in; see `query`. */
  readonly closesWhenIdle: boolean;
  readonly mode: OutputMode;
  /** Emission interval; 0 = with each commit. */
  readonly everyMs: number;
  readonly maxFutureMs: number;
}

/** processed-events → sales and orders per product and sliding window → window-sales. */
export function createTopology(options: WindowAggregatorOptions): Topology {
  return defineTopology({
    worker: 'window-aggregator',
    stages: aggregate({
      source: options.source,
      step: parseStep('readProcessedEvent', decodeProcessedEvent),
      eventTimeMs: (event) => event.eventTimeMs,
      maxFutureMs: options.maxFutureMs,
      queries: [
        query({
          name: 'window-sales',
          groupBy: { product: (event: ProcessedEvent) => event.product },
          window: slidingWindow(options.window),
          watermarkDelayMs: options.watermarkDelayMs,
          closesWhenIdle: options.closesWhenIdle,
          measures: { windowSales: sum((event: ProcessedEvent) => event.totalAmount), windowOrders: count() },
          mode: options.mode,
          everyMs: options.everyMs,
          sink: { topic: topics.windowSales.topic, key: (row) => row.product, encode: encodeWindowSales },
        }),
      ],
    }),
  });
}
