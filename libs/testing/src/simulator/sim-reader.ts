import { isInternalTopic } from '@tidemark/schemas';
import type { LogReader, PartitionEnds, PartitionReader, RecordBatch, TopicPartition } from '@tidemark/stream';
import type { Broker } from './broker.ts';
import { type FaultKind, LATE_FIRST_FETCH_MS } from './fault-kinds.ts';
import { wireAnswer } from './wire-answer.ts';
import type { SimProcess } from './sim-process.ts';

/** A broker that has nothing new says so after that time; what changes nothing is no event of its own here. */
const POLL_MS = 500;

/** Fetched batches that may wait to be taken. */
const MOST_BUFFERED = 2;

/** A reader of one process: what it sees is as of its last fetch, which takes time. */
export function createSimReader(broker: Broker, process: SimProcess): LogReader {
  const source = broker.log.reader();
  return {
    open: (at, offset, onChange) => new SimPartitionReader(broker, process, source, at, offset, onChange),
    close: () => source.close(),
  };
}

class SimPartitionReader implements PartitionReader {
  readonly topic: string;
  readonly partition: number;
  readonly #broker: Broker;
  readonly #process: SimProcess;
  readonly #onChange: () => void;
  /** The broker's side: stands where the next fetch begins. */
  readonly #source: PartitionReader;
  readonly #buffer: RecordBatch[] = [];
  #position: number;
  #ends: PartitionEnds | undefined;
  /** When the broker has last said so, as far as that was an event. */
  #endsMs = -Infinity;
  #failure: Error | undefined;
  /** Ends as they were last sent. */
  #sentEnds: PartitionEnds | undefined;
  #fetch: 'none' | 'under way' | 'waiting at the broker' = 'none';
  #closed = false;

  constructor(
    broker: Broker,
    process: SimProcess,
    source: LogReader,
    at: TopicPartition,
    offset: number,
    onChange: () => void,
  ) {
    this.topic = at.topic;
    this.partition = at.partition;
    this.#broker = broker;
    this.#process = process;
    this.#onChange = onChange;
    this.#position = offset;
    this.#source = source.open(at, offset, () => {
      if (this.#fetch === 'waiting at the broker') this.#answer();
    });
    this.#request();
  }

  get position(): number {
    return this.#position;
  }

  get ends(): PartitionEnds | undefined {
    return this.#ends;
  }

  get endsAgeMs(): number {
    return this.#broker.network.time.now() - this.#heardMs();
  }

  take(maxRecords: number): RecordBatch | undefined {
    if (this.#closed) return undefined;
    const batch = this.#buffer.shift();
    if (batch === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      return undefined;
    }
    const [taken, rest] = split(batch, maxRecords);
    if (rest !== undefined) this.#buffer.unshift(rest);
    this.#position = taken.nextOffset;
    this.#request();
    return taken;
  }

  close(): void {
    this.#closed = true;
    this.#source.close();
  }

  /** When it was last asked for what is known of the ends. */
  #heardMs(): number {
    return this.#fetch === 'waiting at the broker'
      ? Math.max(this.#endsMs, this.#process.atWorkMs(POLL_MS))
      : this.#endsMs;
  }

  #request(): void {
    if (this.#closed || this.#fetch !== 'none' || this.#failure || this.#buffer.length >= MOST_BUFFERED) return;
    this.#fetch = 'under way';
    const delayMs = this.#ends === undefined ? this.#firstDelayMs() : this.#delayMs();
    this.#broker.network.time.schedule(delayMs, () => this.#answer());
  }

  /** At the broker: answers if there is anything to say, else waits for it. */
  #answer(): void {
    if (this.#closed) return;
    this.#endsMs = this.#heardMs();
    this.#fetch = 'waiting at the broker';
    const { ends } = this.#source;
    if (ends === undefined) return;
    const isEmpty = this.#isHit('fetch-empty');
    const { batch, failure } = isEmpty ? {} : this.#read();
    if (!isEmpty && batch === undefined && failure === undefined && sameEnds(ends, this.#sentEnds)) return;
    this.#fetch = 'under way';
    this.#sentEnds = ends;
    const { time } = this.#broker.network;
    const answeredMs = time.now();
    time.schedule(this.#delayMs(), () => {
      this.#process.receive(() => this.#arrive(batch, ends, answeredMs, failure));
    });
  }

  /** The batch that the broker hands out from here: what stands there as bytes, read by the real code where there is one. */
  #fetched(maxRecords: number): RecordBatch | undefined {
    const { log, openWireReader } = this.#broker;
    const batch = this.#source.take(maxRecords);
    if (batch === undefined || openWireReader === undefined) return batch;
    const { topic, partition, startOffset } = batch;
    const wire = openWireReader({ topic, partition }, startOffset);
    wire.accept(wireAnswer(log, this.#source.ends!, batch));
    return wire.take(Infinity);
  }

  #read(): { readonly batch?: RecordBatch | undefined; readonly failure?: Error } {
    const { fetchSizes, network } = this.#broker;
    try {
      return { batch: this.#fetched(network.chance.one(fetchSizes)) };
    } catch (error) {
      return { failure: error as Error };
    }
  }

  #arrive(batch: RecordBatch | undefined, ends: PartitionEnds, answeredMs: number, failure: Error | undefined): void {
    if (this.#closed) return;
    this.#fetch = 'none';
    this.#ends = ends;
    this.#endsMs = answeredMs;
    this.#failure = failure;
    if (batch !== undefined) this.#buffer.push(batch);
    this.#onChange();
    this.#request();
  }

  #delayMs(): number {
    const { chance, travelMs } = this.#broker.network;
    return this.#isHit('fetch-late') ? chance.between(50, 5_000) : travelMs();
  }

  /** Of one partition of an input the leader is away just when somebody begins to read it. */
  #firstDelayMs(): number {
    const { chance } = this.#broker.network;
    if (isInternalTopic(this.topic) || !this.#isHit('first-fetch-late', 10)) return this.#delayMs();
    return chance.between(...LATE_FIRST_FETCH_MS);
  }

  #isHit(kind: FaultKind, times = 1): boolean {
    const { faults, isHit } = this.#broker.network;
    if (!isHit(kind, times)) return false;
    faults.add(kind, `${this.#process.name} ${this.topic}/${this.partition}`);
    return true;
  }
}

function sameEnds(a: PartitionEnds, b: PartitionEnds | undefined): boolean {
  return b !== undefined && a.lastStable === b.lastStable && a.highWatermark === b.highWatermark;
}

/** The first `maxRecords` of a batch, and the rest; a part ends where the next record begins. */
function split(batch: RecordBatch, maxRecords: number): readonly [RecordBatch, RecordBatch | undefined] {
  if (batch.records.length <= maxRecords) return [batch, undefined];
  const records = [...batch.records];
  const middle = records[maxRecords]!.offset;
  return [
    { ...batch, records: records.slice(0, maxRecords), nextOffset: middle },
    { ...batch, records: records.slice(maxRecords), startOffset: middle },
  ];
}
