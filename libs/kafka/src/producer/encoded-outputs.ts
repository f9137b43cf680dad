import type { BatchBuilder } from '@tidemark/kafka-codec';
import { TidemarkError } from '@tidemark/schemas';
import type { OutputBuffer, OutputRecord } from '@tidemark/stream';
import type { BuilderPool } from './builder-pool.ts';

/** One record batch for one partition, encoded but for what KafkaJS knows only when it sends. */
export interface EncodedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly builder: BatchBuilder;
}

/** Batches that go out together: at most one per partition. */
export type Round = readonly EncodedBatch[];

/** How records become batches. */
export interface Encoding {
  readonly pool: BuilderPool;
  /** The broker's limit counts for the whole of a batch. */
  readonly maxBatchBytes: number;
}

/** What was added for one topic: by partition the latest batch, and which round that is part of. */
interface TopicOutputs {
  readonly partitions: { builder: BatchBuilder; round: number }[];
  count: number;
}

/**
 * A topic may allow more than a batch of ours (`late-events` and `dead-letters` do: an original plus headers must fit): a
 * record that is larger goes alone, and its topic's own limit decides. This factor only bounds what we try.
 */
const LARGEST_RECORD_IN_BATCHES = 2;

/**
 * Records on their way into one send, each encoded right into the batch of its partition as it is added. What does not
 * fit below the limit goes into the partition's batch of the next round, so that a partition's records keep their order
 * when the rounds are sent one after another.
 */
export class EncodedOutputs implements OutputBuffer {
  readonly #encoding: Encoding;
  readonly #largestBytes: number;
  readonly #topics = new Map<string, TopicOutputs>();
  readonly #rounds: EncodedBatch[][] = [];
  /** Of the record before: records of one topic often follow each other. */
  #topic: string | undefined;
  #outputs: TopicOutputs = { partitions: [], count: 0 };
  /** The time of records that bring none. */
  #nowMs: number | undefined;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
    this.#largestBytes = LARGEST_RECORD_IN_BATCHES * encoding.maxBatchBytes;
  }

  /** Valid until `clear`. */
  get rounds(): readonly Round[] {
    return this.#rounds;
  }

  get countByTopic(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#topics, ([topic, { count }]) => [topic, count]));
  }

  /** @throws TidemarkError (TM_RECORD_TOO_LARGE) */
  add(record: OutputRecord): void {
    if (record.topic !== this.#topic) this.#turnTo(record.topic);
    const known = atLeastBytes(record);
    if (known > this.#largestBytes) this.#refuse(record, known);
    const { partitions } = this.#outputs;
    const open = (partitions[record.partition] ??= { builder: this.#begin(record, 0), round: 0 });
    if (!this.#tryAppend(open.builder, record)) {
      open.round += 1;
      open.builder = this.#begin(record, open.round);
      this.#tryAppend(open.builder, record);
    }
    this.#outputs.count += 1;
  }

  /** Empties it, and lets others use its builders. What they gave must not be needed any more. */
  clear(): void {
    for (const round of this.#rounds) for (const { builder } of round) this.#encoding.pool.giveBack(builder);
    this.#rounds.length = 0;
    this.#topics.clear();
    this.#topic = this.#nowMs = undefined;
  }

  #turnTo(topic: string): void {
    const outputs = this.#topics.get(topic) ?? { partitions: [], count: 0 };
    this.#topics.set(topic, outputs);
    this.#topic = topic;
    this.#outputs = outputs;
  }

  #begin({ topic, partition }: OutputRecord, round: number): BatchBuilder {
    const builder = this.#encoding.pool.take();
    (this.#rounds[round] ??= []).push({ topic, partition, builder });
    return builder;
  }

  /** Whether the record is in the batch: always, if it is the first. */
  #tryAppend(builder: BatchBuilder, record: OutputRecord): boolean {
    const { key, value, headers, timestampMs = (this.#nowMs ??= Date.now()) } = record;
    const beforeBytes = builder.sizeBytes;
    const afterBytes = builder.append(key, value, headers, timestampMs);
    if (afterBytes <= this.#encoding.maxBatchBytes) return true;
    if (afterBytes - beforeBytes > this.#largestBytes) this.#refuse(record, afterBytes - beforeBytes);
    if (builder.recordCount === 1) return true;
    builder.takeBack();
    return false;
  }

  #refuse({ topic, partition }: OutputRecord, sizeBytes: number): never {
    throw new TidemarkError(
      'TM_RECORD_TOO_LARGE',
      `a record of ${sizeBytes} bytes for ${topic}-${partition} is above the limit of ${this.#largestBytes} bytes; ` +
        "make it smaller, or raise the topic's max.message.bytes and this client's maxBatchBytes",
      { fields: { topic, partition, sizeBytes, maxBatchBytes: this.#encoding.maxBatchBytes } },
    );
  }
}

/** Without a look at any character: a record of 1 GB is refused before it is encoded. */
function atLeastBytes({ key, value }: OutputRecord): number {
  return (key === null ? 0 : key.length) + (value === null ? 0 : value.length);
}
