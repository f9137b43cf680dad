import type { LogReader, OutputRecord, TransactionalProducer } from '@tidemark/stream';
import { uniqueName } from '../unique-name.ts';
import { waitFor } from '../wait-for.ts';
import type { LogHarness } from './log-harness.ts';
import { PartitionProbe } from './partition-probe.ts';

/** What one test opens; all of it is closed after the test. */
export class LogScope {
  readonly harness: LogHarness;
  readonly #readers: LogReader[] = [];
  readonly #producers: TransactionalProducer[] = [];

  constructor(harness: LogHarness) {
    this.harness = harness;
  }

  /** A new topic that keeps everything, ready for use. */
  async createTopic(partitions = 1): Promise<string> {
    const topic = uniqueName('contract');
    const { admin, deadlineMs } = this.harness;
    await admin.createTopics([{ topic, partitions, config: { 'retention.ms': '-1' } }]);
    const isThere = async () => (await admin.partitionCounts([topic])).get(topic) === partitions;
    await waitFor(isThere, deadlineMs, `topic ${topic} with ${partitions} partitions`);
    return topic;
  }

  async openProducer(transactionalId = uniqueName('txn')): Promise<TransactionalProducer> {
    const producer = await this.harness.producers.open(transactionalId);
    this.#producers.push(producer);
    return producer;
  }

  reader(): LogReader {
    const reader = this.harness.reader();
    this.#readers.push(reader);
    return reader;
  }

  /** Reads a partition from `offset`, with a reader of its own unless one is given. */
  probe(topic: string, partition: number, offset: number, reader = this.reader()): PartitionProbe {
    return new PartitionProbe(
      reader.open({ topic, partition }, offset, () => {}),
      this.harness.deadlineMs,
    );
  }

  /** Commits one transaction with these values for one partition. */
  async commit(producer: TransactionalProducer, topic: string, values: readonly string[]): Promise<void> {
    const transaction = await producer.begin();
    await transaction.send(toRecords(topic, 0, values));
    await transaction.commit();
  }

  async append(topic: string, partition: number, values: readonly string[]): Promise<void> {
    await this.harness.appendExternally(
      topic,
      partition,
      values.map((value) => ({ value })),
    );
  }

  async close(): Promise<void> {
    await Promise.all([
      ...this.#readers.map((reader) => reader.close()),
      ...this.#producers.map((producer) => producer.close()),
    ]);
  }
}

/** Records without a key, in the order of `values`. */
export function toRecords(topic: string, partition: number, values: readonly string[]): OutputRecord[] {
  return values.map((value) => ({ topic, partition, key: null, value }));
}

/** `prefix-0`, `prefix-1`, … */
export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
}
