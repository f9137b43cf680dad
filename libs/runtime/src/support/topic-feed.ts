import type { TidemarkError } from '@tidemark/schemas';
import { type FeedListener, type FeedOptions, FeedPartition, type FeedPorts } from './feed-partition.ts';

interface Waiting {
  readonly ends: readonly number[];
  /** Of each partition, when the wait began. */
  readonly looks: readonly number[];
  readonly resolve: () => void;
}

/** Follows all partitions of an internal topic from its beginning, for as long as the process lives. */
export class TopicFeed {
  readonly topic: string;
  readonly #ports: FeedPorts;
  readonly #options: FeedOptions;
  readonly #listener: FeedListener;
  #partitions: readonly FeedPartition[] = [];
  #isClosed = false;
  #waiting: Waiting[] = [];

  constructor(topic: string, ports: FeedPorts, options: FeedOptions, { onRecord, onChange }: FeedListener) {
    this.topic = topic;
    this.#ports = ports;
    this.#options = options;
    const tellAll = () => {
      onChange();
      this.#tellWaiting();
    };
    this.#listener = { onRecord, onChange: tellAll };
  }

  /** @throws TidemarkError (TM_TOPIC_GONE), or any other of the broker's that may be tried again */
  async start(): Promise<void> {
    const { admin } = this.#ports;
    const [topic, options] = [this.topic, this.#options];
    const topicId = (await admin.topicIds([topic])).get(topic);
    const ends = await admin.logEnds(topic);
    this.#partitions = ends.map(({ logStart: offset }, partition) => {
      return new FeedPartition({ topic, partition, offset, topicId }, this.#ports, options, this.#listener);
    });
  }

  /** What keeps it, for long by now, from following the topic. */
  get trouble(): TidemarkError | undefined {
    return this.#partitions.map(({ trouble }) => trouble).find((trouble) => trouble !== undefined);
  }

  /** To be told now and then what the topic is. */
  identify(topicId: string | undefined): void {
    for (const partition of this.#partitions) partition.identify(topicId);
  }

  /** Looks whether it gets on; to be called now and then. @param isKafkaThere false: nothing can be said now */
  watch(isKafkaThere: boolean): void {
    for (const partition of this.#partitions) partition.watch(isKafkaThere);
  }

  /**
   * Resolves once all before these ends was handed over, or the feed is closed. A partition that is lost meanwhile, and read
   * again from its beginning, counts then: it may be another one, which never comes as far.
   * @param ends offsets by partition
   */
  reach(ends: readonly number[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ ends, looks: this.#partitions.map(({ looks }) => looks), resolve });
    this.#tellWaiting();
    return promise;
  }

  close(): void {
    this.#isClosed = true;
    for (const partition of this.#partitions) partition.close();
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    const hasReached = ({ ends, looks }: Waiting) =>
      this.#isClosed || this.#partitions.every((each, at) => each.hasReached(ends[at] ?? 0, looks[at]!));
    const reached = this.#waiting.filter(hasReached);
    if (reached.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => !reached.includes(waiting));
    for (const { resolve } of reached) resolve();
  }
}
