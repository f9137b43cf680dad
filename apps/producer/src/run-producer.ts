import type { Kafka } from '@tidemark/kafka';
import type { Clock, TopicAdmin } from '@tidemark/stream';
import { catalogueSpecs, topics } from '@tidemark/schemas';
import type { ProducerConfig } from './config.ts';
import type { EventCounts, StreamParts } from './event-stream.ts';
import { createBehaviorGenerator } from './generate-behavior.ts';
import { createSaleGenerator } from './generate-sale.ts';
import { produce } from './produce.ts';
import { createRandom } from './random.ts';
import { reportProgress } from './report-progress.ts';

export interface RunDeps {
  readonly kafka: Kafka;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** Ends the run after the send that is under way. */
  readonly signal: AbortSignal;
}

/** Creates the topics that are missing, sends the events, closes all connections. @throws TidemarkError */
export async function runProducer(config: ProducerConfig, deps: RunDeps): Promise<EventCounts> {
  const { kafka, clock, signal } = deps;
  const producer = kafka.plainProducer();
  const report = reportProgress(clock, deps.print);
  try {
    const parts = streamParts(config, await ensureTopics(kafka.admin));
    const sent = await produce(
      { parts, ratePerSecond: config.ratePerSecond, startTimeMs: config.startTimeMs },
      { clock, signal, send: (records) => producer.send(records), onSent: report.note },
    );
    report.finish(sent);
    return sent;
  } finally {
    report.stop();
    await Promise.all([producer.close(), kafka.admin.close()]);
  }
}

/** Partitions of the two input topics as they are: an existing topic may have others than the catalogue says. */
async function ensureTopics(admin: TopicAdmin): Promise<EventCounts> {
  await admin.createTopics(catalogueSpecs());
  const { salesEvents, userBehavior } = topics;
  const counts = await admin.partitionCounts([salesEvents.topic, userBehavior.topic]);
  return {
    sales: counts.get(salesEvents.topic) ?? salesEvents.partitions,
    behavior: counts.get(userBehavior.topic) ?? userBehavior.partitions,
  };
}

/** Each kind of event has random numbers of its own, so that the sales of a seed do not depend on the behavior asked for. */
function streamParts({ seed, first, badRatio, sales, behavior }: ProducerConfig, partitions: EventCounts): StreamParts {
  return {
    generateSale: createSaleGenerator(createRandom(seed), badRatio, first),
    generateBehavior: createBehaviorGenerator(createRandom(~seed)),
    partitions,
    wanted: { sales, behavior },
  };
}
