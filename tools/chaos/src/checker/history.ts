/** A record as a reader of committed records gets it. */
export interface HistoryRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that a run has left behind in Kafka. */
export interface History {
  /** Topics, without the broker's own. */
  topics(): Promise<readonly string[]>;
  /** Hands out all committed records of a topic, oldest first per partition; buffers are only good during the call. */
  read(topic: string, onRecord: (record: HistoryRecord) => void): Promise<void>;
  /** Partitions, as `topic/partition`, with records of a transaction that is still open. */
  openPartitions(): Promise<readonly string[]>;
}

/** The copies of state in Redis: a hash per task. */
export interface Checkpoints {
  keys(): Promise<readonly string[]>;
  /** The fields of a hash. */
  read(key: string): Promise<ReadonlyMap<string, string>>;
}

/** `topic/partition/offset` */
export const at = ({ topic, partition, offset }: Pick<HistoryRecord, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}/${partition}/${offset}`;

/** What was read of each partition, by `topic/partition`. */
export interface PartitionReading {
  readonly records: number;
  readonly lastOffset: number;
}

/** A history that notes what was read of it. */
export interface CountedHistory extends History {
  readonly partitions: ReadonlyMap<string, PartitionReading>;
  readonly recordsByTopic: Readonly<Record<string, number>>;
}

export function countReads(history: History): CountedHistory {
  const partitions = new Map<string, { records: number; lastOffset: number }>();
  const recordsByTopic: Record<string, number> = {};
  return {
    ...history,
    partitions,
    recordsByTopic,
    async read(topic, onRecord) {
      recordsByTopic[topic] = 0;
      await history.read(topic, (record) => {
        recordsByTopic[topic]! += 1;
        note(partitions, record);
        onRecord(record);
      });
    },
  };
}

function note(partitions: Map<string, { records: number; lastOffset: number }>, record: HistoryRecord): void {
  const name = `${record.topic}/${record.partition}`;
  const reading = partitions.get(name);
  if (reading === undefined) {
    partitions.set(name, { records: 1, lastOffset: record.offset });
    return;
  }
  reading.records += 1;
  reading.lastOffset = record.offset;
}
