import { decodeErrorRecord, type DecodedErrorRecord, topics } from '@tidemark/schemas';
import { defineTopology, mapStage, parseStep, type Stage, type TopicSource, type Topology } from '@tidemark/stream';
import { deadLetter, type Original } from './dead-letter.ts';

export interface ErrorRouterOptions {
  readonly source: TopicSource;
  /** Reads the originals of error records whose payload was cut. */
  readonly lookup: Stage['lookup'];
}

/** error-events → dead-letters, counted by code. */
export function createTopology(options: ErrorRouterOptions): Topology {
  return defineTopology({
    worker: 'error-router',
    stages: [
      mapStage<DecodedErrorRecord>({
        name: 'route',
        source: options.source,
        step: parseStep('readErrorRecord', decodeErrorRecord),
        sinks: [],
        label: (error) => error.code,
        forward: {
          topics: [topics.deadLetters.topic],
          records: (error, _record, context, original) => [
            deadLetter(error, original as Original, context.partitionsOf(topics.deadLetters.topic)),
          ],
        },
        lookup: options.lookup,
      }),
    ],
  });
}
