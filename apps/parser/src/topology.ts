import { encodeProcessedData, encodeProcessedEvent, parseSale, type SaleEvent, topics } from '@tidemark/schemas';
import { defineTopology, mapStage, parseStep, type Sink, type TopicSource, type Topology } from '@tidemark/stream';

export interface ParserOptions {
  readonly source: TopicSource;
  /** A sale that lies further after the time it was received is an error, ms. */
  readonly maxFutureMs: number;
  /** Whether valid sales are also copied, field by field, to `processed-data`. */
  readonly writesProcessedData: boolean;
}

/** sales-events → processed-events, processed-data; what is no valid sale → error-events. */
export function createTopology(options: ParserOptions): Topology {
  return defineTopology({
    worker: 'parser',
    stages: [
      mapStage({
        name: 'parse',
        source: options.source,
        step: parseStep('parseSale', parseSale),
        eventTimeMs: (sale) => sale.timestampS * 1_000,
        maxFutureMs: options.maxFutureMs,
        sinks: options.writesProcessedData ? [processedEvents, processedData] : [processedEvents],
      }),
    ],
  });
}

const processedEvents: Sink<SaleEvent> = {
  topic: topics.processedEvents.topic,
  key: (sale) => sale.eventId,
  encode: encodeProcessedEvent,
};

const processedData: Sink<SaleEvent> = {
  topic: topics.processedData.topic,
  key: (sale) => sale.eventId,
  encode: encodeProcessedData,
};
