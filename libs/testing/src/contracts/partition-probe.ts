import type { LogRecord, PartitionEnds, PartitionReader, RecordBatch } from '@tidemark/stream';
import { waitFor } from '../wait-for.ts';

/** A record with bytes of its own; what a reader hands out are views that may be reused. */
export interface ReadRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** Follows one partition, keeps what it read, and holds every batch against the port's rules. */
export class PartitionProbe {
  readonly reader: PartitionReader;
  readonly records: ReadRecord[] = [];
  readonly #deadlineMs: number;

  constructor(reader: PartitionReader, deadlineMs: number) {
    this.reader = reader;
    this.#deadlineMs = deadlineMs;
  }

  /** Takes once; undefined when nothing is buffered. */
  take(maxRecords: number): RecordBatch | undefined {
    const position = this.reader.position;
    const batch = this.reader.take(maxRecords);
    if (!batch) return undefined;
    checkBatch(batch, position, maxRecords);
    expect(this.reader.position).toBe(batch.nextOffset);
    this.records.push(...Array.from(batch.records, copyRecord));
    return batch;
  }

  /** Takes until the position is at `end` or past it. */
  async readTo(end: number, maxRecords = 1_000): Promise<this> {
    await waitFor(
      () => {
        while (this.take(maxRecords));
        return this.reader.position >= end;
      },
      this.#deadlineMs,
      () => `position ${end}; it is ${this.reader.position}, ends ${JSON.stringify(this.reader.ends)}`,
    );
    return this;
  }

  /** Reads on until the ends show `highWatermark` or more and all that is stable has been taken. */
  async readStable(highWatermark: number): Promise<PartitionEnds> {
    return waitFor(
      () => {
        while (this.take(1_000));
        const ends = this.reader.ends;
        const isThere = ends && ends.highWatermark >= highWatermark && this.reader.position >= ends.lastStable;
        return isThere ? ends : undefined;
      },
      this.#deadlineMs,
      () => `all that is stable up to ${highWatermark}; ${this.reader.position} of ${JSON.stringify(this.reader.ends)}`,
    );
  }

  /** As `readStable`, and waits until no transaction is open: the position then is the high watermark itself. */
  async readSettled(highWatermark: number): Promise<this> {
    await waitFor(
      async () => {
        const ends = await this.readStable(highWatermark);
        return ends.lastStable === ends.highWatermark;
      },
      this.#deadlineMs,
      () => `no open transaction; ends ${JSON.stringify(this.reader.ends)}`,
    );
    expect(this.reader.position).toBe(this.reader.ends?.highWatermark);
    return this;
  }

  /** The error that `take` ends in. */
  async failure(): Promise<unknown> {
    return waitFor(() => takeError(this), this.#deadlineMs, 'a failure of take');
  }

  /** Values as text, in order. */
  get values(): (string | undefined)[] {
    return this.records.map((record) => record.value?.toString());
  }
}

function takeError(probe: PartitionProbe): unknown {
  try {
    while (probe.take(1_000));
    return undefined;
  } catch (error) {
    return error;
  }
}

function checkBatch(batch: RecordBatch, position: number, maxRecords: number): void {
  expect(batch.startOffset).toBe(position);
  expect(batch.nextOffset).toBeGreaterThan(position);
  expect(batch.records.length).toBeLessThanOrEqual(maxRecords);
  const offsets = [position - 1, ...Array.from(batch.records, (record) => record.offset), batch.nextOffset];
  expect(offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]!)).toBe(true);
  const isElsewhere = ({ topic, partition }: LogRecord) => topic !== batch.topic || partition !== batch.partition;
  expect([...batch.records].filter(isElsewhere)).toEqual([]);
  expect([...batch.records].filter(isOtherInPlace)).toEqual([]);
}

/** Whether a value that is given in place as well is another one there. */
function isOtherInPlace({ value, valueInPlace }: LogRecord): boolean {
  if (valueInPlace === undefined) return false;
  if (value === null || valueInPlace === null) return value !== valueInPlace;
  return !value.equals(valueInPlace.bytes.subarray(valueInPlace.start, valueInPlace.end));
}

function copyRecord({ offset, timestampMs, key, value, headers }: LogRecord): ReadRecord {
  return {
    offset,
    timestampMs,
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, data]) => [name, Buffer.from(data)])),
  };
}
