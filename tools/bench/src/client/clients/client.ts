/** A Kafka client under test, behind what the measures need of it. Each is used as its own users would use it. */
export interface BenchClient {
  /** All replicas acknowledge, idempotent. */
  producer(target: Target): Promise<RecordSender>;
  transactor?(target: Target): Promise<Transactor>;
  /**
   * Hands every record of the topic to `handle`, until there were so many.
   * @returns ms from the assignment of the partitions to the last record
   */
  reader(source: Source): Promise<Reading>;
}

/** Where records go, and what they are. */
export interface Target {
  readonly topic: string;
  readonly values: readonly Buffer[];
  /** With a key, on the partition that the default partitioner gives it; else spread evenly. */
  readonly keyed: boolean;
}

export interface RecordSender {
  /** Sends `count` records, the first of which has number `from`; resolves when all are acknowledged. */
  send(from: number, count: number): Promise<void>;
  close(): Promise<void>;
}

export interface Transactor {
  begin(): Promise<OpenTransaction>;
  close(): Promise<void>;
}

export interface OpenTransaction {
  send(from: number, count: number): Promise<void>;
  commit(): Promise<void>;
}

export interface Source {
  readonly topic: string;
  readonly records: number;
  readonly handle: RecordHandler;
}

export type RecordHandler = (key: Buffer | null, value: Buffer | null, timestampMs: number, offset: number) => void;

export interface Reading {
  readonly ms: number;
  close(): Promise<void>;
}
