// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of untyped modules cannot be imported
/// <reference path="../src/kafkajs/kafkajs-internals.d.ts" />
import { crc32C } from '@tidemark/kafka-codec';
import recordEncoder from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import batchEncoder from 'kafkajs/src/protocol/recordBatch/v0/index.js';

interface Encoded {
  readonly buffer: Buffer;
}
interface RecordOptions {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[]>>;
}

const encodeRecord = recordEncoder as (options: RecordOptions) => Encoded;
const { RecordBatch: encodeBatch } = batchEncoder as { RecordBatch(options: object): Promise<Encoded> };

export interface BatchSpec {
  readonly baseOffset?: number;
  /** Values; a record may say more. Offsets follow each other unless `offsetDelta` is given. */
  readonly records?: readonly (string | Partial<RecordOptions>)[];
  /** 0 none, 1 gzip. */
  readonly compression?: number;
  readonly producerId?: number;
  readonly isTransactional?: boolean;
  /** A marker instead of records. */
  readonly control?: 'abort' | 'commit';
  /** As if compaction had taken away what came after the last record. */
  readonly lastOffsetDelta?: number;
}

const ATTRIBUTES_AT = 21;
const CONTROL_FLAG = 0x20;
const CRC_AT = 17;

function toRecord(record: string | Partial<RecordOptions>, index: number): RecordOptions {
  const empty = { offsetDelta: index, timestampDelta: index, key: null, value: null, headers: {} };
  return typeof record === 'string' ? { ...empty, value: Buffer.from(record) } : { ...empty, ...record };
}

/** Changes bytes of a batch and makes its CRC right again. */
export function rewrite(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch);
  batch.writeUInt32BE(crc32C(batch.subarray(ATTRIBUTES_AT)), CRC_AT);
  return batch;
}

/** A record batch as a broker would send it, made by KafkaJS' own encoder. */
export async function makeBatch(spec: BatchSpec): Promise<Buffer> {
  const marker = { key: Buffer.from([0, 0, 0, spec.control === 'commit' ? 1 : 0]), value: Buffer.alloc(6) };
  const records = (spec.control ? [marker] : (spec.records ?? [])).map(toRecord);
  const { buffer } = await encodeBatch({
    compression: spec.compression ?? 0,
    firstTimestamp: 1_000,
    maxTimestamp: 1_000 + records.length,
    producerId: spec.producerId ?? -1,
    transactional: spec.isTransactional ?? spec.control !== undefined,
    lastOffsetDelta: spec.lastOffsetDelta ?? Math.max(0, records.length - 1),
    records: records.map(encodeRecord),
  });
  const batch = Buffer.from(buffer);
  batch.writeBigInt64BE(BigInt(spec.baseOffset ?? 0), 0);
  return rewrite(batch, (bytes) => {
    if (spec.control) bytes[ATTRIBUTES_AT + 1]! |= CONTROL_FLAG;
  });
}
