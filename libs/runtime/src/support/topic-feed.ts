import { TidemarkError } from '@tidemark/schemas';
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
  /** That it has partitions that nobody reads here. */
  #hasGrown: TidemarkError | undefined;
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

  /**
   * @returns where it ends now, next offset of each partition
   * @throws TidemarkError (TM_TOPIC_GONE), or any other of the broker's that may be tried again
   */
  async start(): Promise<readonly number[]> {
    const { admin } = this.#ports;
    const [topic, options] = [this.topic, this.#options];
    const topicId = (await admin.topicIds([topic])).get(topic);
    const ends = await admin.logEnds(topic);
    this.#partitions = ends.map(({ logStart: offset }, partition) => {
      return new FeedPartition({ topic, partition, offset, topicId }, this.#ports, options, this.#listener);
    });
    return ends.map(({ highWatermark }) => highWatermark);
  }

  /** What keeps it, for long by now, from following the topic. */
  get trouble(): TidemarkError | undefined {
    return this.#partitions.map(({ trouble }) => trouble).find((trouble) => trouble !== undefined) ?? this.#hasGrown;
  }

  /** To be told now and then what the topic is. */
  identify(topicId: string | undefined): void {
    for (const partition of this.#partitions) partition.identify(topicId);
  }

  /**
   * To be told now and then how many partitions it has. New ones are not followed: the same key may have stood in another one
   * before, and which word is the newest could not be told. Tasks that are started again all speak anew.
   */
  count(partitions: number): void {
    const followed = this.#partitions.length;
    if (partitions <= followed) {
      this.#hasGrown = undefined;
    } else if (this.#hasGrown === undefined) {
      this.#hasGrown = grown(this.topic, followed, partitions);
      this.#ports.logger.error(this.#hasGrown.fields, this.#hasGrown.message);
    }
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

function grown(topic: string, followed: number, partitions: number): TidemarkError {
  return new TidemarkError(
    'TM_TOPIC_MISMATCH',
    `${topic} has ${partitions} partitions, and this process follows the ${followed} that there were when it started: what others say ` +
      'in the new ones is not heard here. Start again all workers that were started before they were added',
    { fields: { topic, followed, partitions } },
  );
}
