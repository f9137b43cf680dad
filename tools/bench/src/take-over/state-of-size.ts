import { createKafka } from '@tidemark/kafka';
import { partialsSpec, topics } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';

/** Whose take-overs are measured: its merge task has one row per region. */
export const WORKER = 'region-aggregator';
/** Each row is written so often, so that the changelog holds more than the rows. */
export const ROUNDS = 3;

const SENT_AT_ONCE = 5_000;

/** Creates the partials topic with one partition, so that a single merge task owns all rows. */
export async function createOneMergeTask(brokers: string): Promise<void> {
  const { admin } = createKafka({ brokers: [brokers], clientId: 'bench-take-over' });
  try {
    await admin.createTopics([partialsSpec(WORKER, 'combine', 1)]);
  } finally {
    await admin.close();
  }
}

/** Sends one event of each region, to one partition of the worker's input. */
export async function feedRound(brokers: string, rows: number, round: number): Promise<void> {
  const producer = createKafka({ brokers: [brokers], clientId: 'bench-take-over' }).plainProducer();
  try {
    for (let from = 0; from < rows; from += SENT_AT_ONCE) {
      const count = Math.min(SENT_AT_ONCE, rows - from);
      await producer.send(Array.from({ length: count }, (_, i) => processedEvent(from + i, round)));
    }
  } finally {
    await producer.close();
  }
}

function processedEvent(region: number, round: number): OutputRecord {
  const value = {
    event_id: `event_${round}_${region}`,
    product: 'phone',
    region: `region_${region}`,
    total_amount: 100 + region,
    event_time: '2026-01-01T00:00:00.000Z',
  };
  return { topic: topics.processedEvents.topic, partition: 0, key: value.event_id, value: JSON.stringify(value) };
}
