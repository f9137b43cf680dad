import { TidemarkError } from '@tidemark/schemas';
import type { LogRecord, PartitionReader, RecordBatch, TopicPartition } from '@tidemark/stream';
import { type RuntimeOptions, stuckAfterMs } from '../options.ts';
import type { RuntimePorts } from '../ports.ts';
import { StuckInputs } from '../task/stuck-inputs.ts';
import { asError } from './as-error.ts';
import { backoffMs, type BackoffOptions } from './backoff.ts';
import { ReadAgain } from './read-again.ts';
import { Wakeup } from './wakeup.ts';

export type FeedPorts = Pick<RuntimePorts, 'reader' | 'admin' | 'clock' | 'logger'>;

export type FeedOptions = BackoffOptions & Pick<RuntimeOptions, 'transactionTimeoutMs'>;

/** Who is told what a feed reads. */
export interface FeedListener {
  /** Must not throw: what cannot be handed over is tried again, for ever. */
  readonly onRecord: (record: LogRecord) => void;
  /** The records of a batch were handed to `onRecord`, or a partition that was lost is followed again. */
  readonly onChange: () => void;
}

/** Where a feed begins to read a partition. */
export interface FeedStart extends TopicPartition {
  readonly offset: number;
  /** Identity of the topic; undefined where the broker knows none. */
  readonly topicId: string | undefined;
}

/**
 * Follows one partition for as long as the process lives. What fails is tried again, after a pause that grows: who waits for
 * what stands here is held up meanwhile, which is safe, and must not be for longer than the fault lasts.
 */
export class FeedPartition {
  readonly #at: TopicPartition;
  readonly #ports: FeedPorts;
  readonly #options: FeedOptions;
  readonly #listener: FeedListener;
  readonly #news: Wakeup;
  readonly #pause: Wakeup;
  readonly #stuck: StuckInputs;
  #reader: PartitionReader | undefined;
  #topicId: string | undefined;
  /** Up to where all was handed over; the reading begins there. */
  #position: number;
  /** What is read a second time. */
  #again: ReadAgain | undefined;
  #looks = 0;
  /** Which look for its place began to read again. */
  #readAgainIn = 0;
  /** Since when, and why, nothing can be read. */
  #lost: { readonly sinceMs: number; readonly error: unknown } | undefined;
  #failures = 0;
  #trouble: TidemarkError | undefined;
  /** Whether the topic was made anew, although the offsets fit. */
  #isAnother = false;
  #isClosed = false;

  constructor(
    { topic, partition, offset, topicId }: FeedStart,
    ports: FeedPorts,
    options: FeedOptions,
    listener: FeedListener,
  ) {
    this.#at = { topic, partition };
    this.#position = offset;
    this.#topicId = topicId;
    this.#ports = ports;
    this.#options = options;
    this.#listener = listener;
    this.#news = new Wakeup(ports.clock);
    this.#pause = new Wakeup(ports.clock);
    this.#stuck = new StuckInputs(stuckAfterMs(options));
    void this.#follow();
  }

  /** How often it has looked for its place: who waits for an offset notes it. */
  get looks(): number {
    return this.#looks;
  }

  /**
   * Whether all before this offset was handed over. Of one that is lost nobody knows: it may be another topic by now. One that
   * was read again since may never come as far; all that was there when the wait began, and is left, was handed over with it.
   * @param looks as they were when the wait for the offset began
   */
  hasReached(offset: number, looks: number): boolean {
    return this.#lost === undefined && (this.#position >= offset || this.#readAgainIn > looks);
  }

  /** Why nothing has come for long, although there may be something. */
  get trouble(): TidemarkError | undefined {
    return this.#trouble;
  }

  /** Looks whether it gets on; to be called now and then. @param isKafkaThere false: nothing can be said now */
  watch(isKafkaThere: boolean): void {
    if (!isKafkaThere) return this.#stuck.reset();
    const before = this.#trouble;
    const nowMs = this.#ports.clock.now();
    this.#trouble = this.#stuckFor(nowMs) ?? this.#lostFor(nowMs);
    if (before !== undefined || this.#trouble === undefined) return;
    this.#ports.logger.error(this.#trouble.fields, this.#trouble.message);
  }

  /** To be told now and then what the topic is. Offsets of one that was made anew may fit by chance, its id does not. */
  identify(topicId: string | undefined): void {
    if (topicId === undefined || this.#topicId === undefined || topicId === this.#topicId) return;
    this.#isAnother = true;
    this.#news.notify();
  }

  close(): void {
    this.#isClosed = true;
    this.#reader?.close();
    this.#news.notify();
    this.#pause.notify();
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        if (this.#lost !== undefined) await this.#findPlace();
        await this.#read();
      } catch (error) {
        await this.#lose(error);
      }
    }
  }

  /** Reads until it is closed. @throws what keeps it from reading on */
  async #read(): Promise<void> {
    if (this.#isClosed) return;
    const reader = this.#ports.reader.open(this.#at, this.#position, this.#news.notify);
    this.#reader = reader;
    this.#isAnother = false;
    try {
      while (!this.#isClosed) {
        if (this.#isAnother) throw new TidemarkError('TM_TOPIC_RECREATED', `${this.#at.topic}: it is read anew`);
        const batch = reader.take(Number.MAX_SAFE_INTEGER);
        if (batch !== undefined) this.#hand(batch);
        if (reader.ends !== undefined) this.#answered(reader);
        if (batch === undefined) await this.#news.wait(Infinity);
      }
    } finally {
      this.#reader = undefined;
      reader.close();
    }
  }

  #hand({ records, nextOffset }: RecordBatch): void {
    if (this.#again !== undefined) return this.#again.add(records);
    for (const record of records) this.#listener.onRecord(record);
    this.#position = nextOffset;
    this.#listener.onChange();
  }

  /** The broker lets it read: what was wrong is over, once all that is read again is there. */
  #answered({ position }: PartitionReader): void {
    const again = this.#again;
    if (this.#lost === undefined || again?.isComplete(position) === false) return;
    if (again !== undefined) {
      for (const record of again.newest) this.#listener.onRecord(record);
      this.#again = undefined;
      this.#position = position;
    }
    this.#ports.logger.info({ ...this.#at, position }, 'the topic is followed again');
    this.#lost = undefined;
    this.#failures = 0;
    this.#trouble = undefined;
    this.#listener.onChange();
  }

  /** Goes on where it stood. A topic that may have been made anew, or does not hold the place, is read from its beginning. */
  async #findPlace(): Promise<void> {
    const { topic, partition } = this.#at;
    const { admin } = this.#ports;
    // What is asked now may be older than what somebody asks before the answer is here.
    const look = (this.#looks += 1);
    const topicId = (await admin.topicIds([topic])).get(topic);
    const ends = (await admin.logEnds(topic))[partition];
    if (ends === undefined) throw new TidemarkError('TM_TOPIC_GONE', `${topic} has no partition ${partition} any more`);
    const isSame = topicId !== undefined && topicId === this.#topicId;
    this.#topicId = topicId;
    if (isSame && this.#again === undefined && this.#position >= ends.logStart && this.#position <= ends.highWatermark)
      return;
    this.#again = new ReadAgain(ends.highWatermark);
    this.#readAgainIn = look;
    this.#position = ends.logStart;
  }

  async #lose(error: unknown): Promise<void> {
    if (this.#isClosed) return;
    const { clock, logger } = this.#ports;
    if (this.#lost === undefined) {
      const fields = { ...this.#at, position: this.#position, error: String(error) };
      logger.warn(
        fields,
        'the topic cannot be followed; it is tried again, and who waits for what it says goes on waiting',
      );
    }
    this.#lost = { sinceMs: this.#lost?.sinceMs ?? clock.now(), error };
    const pauseMs = backoffMs(this.#options, this.#failures);
    this.#failures += 1;
    await this.#pause.wait(clock.now() + pauseMs);
  }

  #lostFor(nowMs: number): TidemarkError | undefined {
    if (this.#lost === undefined) return undefined;
    const { sinceMs, error } = this.#lost;
    if (nowMs - sinceMs < stuckAfterMs(this.#options)) return undefined;
    return lost(this.#at, this.#position, nowMs - sinceMs, error);
  }

  #stuckFor(nowMs: number): TidemarkError | undefined {
    if (this.#reader === undefined) {
      this.#stuck.reset();
      return undefined;
    }
    const { position, ends, endsAgeMs } = this.#reader;
    return this.#stuck.observe([{ ...this.#at, position, ends, endsAgeMs }], nowMs);
  }
}

function lost({ topic, partition }: TopicPartition, position: number, forMs: number, cause: unknown): TidemarkError {
  return new TidemarkError(
    cause instanceof TidemarkError ? cause.code : 'TM_KAFKA_UNREACHABLE',
    `${topic}/${partition} cannot be followed from offset ${position} on, for ${Math.round(forMs / 1_000)} s now. Who waits for ` +
      `what it says (event time, the end of a drain) goes on by itself once it can be. ${asError(cause).message}`,
    { cause, fields: { topic, partition, position } },
  );
}
