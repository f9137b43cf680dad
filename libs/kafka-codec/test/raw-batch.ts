import { crc32C } from '../src/crc32c/crc32c.ts';

/** Record batches built as the protocol guide reads, field by field: what the code under test is held against. */
export interface RawRecord {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [name: Buffer | null, value: Buffer | null])[];
}

export interface RawBatch {
  readonly baseOffset?: number;
  /** Values; a record may say more. Offsets follow each other unless `offsetDelta` is given. */
  readonly records?: readonly (string | RawRecord)[];
  /** Instead of records: what stands in their place, packed or not. */
  readonly body?: Buffer;
  readonly compression?: number;
  readonly producerId?: number;
  readonly isTransactional?: boolean;
  readonly isLogAppendTime?: boolean;
  /** A marker instead of records. */
  readonly control?: 'abort' | 'commit';
  readonly lastOffsetDelta?: number;
  readonly recordCount?: number;
}

export const BASE_TIMESTAMP_MS = 1_000;
export const MAX_TIMESTAMP_MS = 5_000;
const ATTRIBUTES_AT = 21;
const CRC_AT = 17;
const FLAGS = { logAppendTime: 0x08, transactional: 0x10, control: 0x20 };

/** Zigzag, then seven bits a byte, by way of big integers. */
export function varint(value: number): Buffer {
  const big = BigInt(value);
  let rest = big >= 0n ? big * 2n : -big * 2n - 1n;
  const bytes: number[] = [];
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

function data(bytes: Buffer | null): Buffer {
  return bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);
}

export function rawRecord(record: string | RawRecord, index: number): Buffer {
  const fields: RawRecord = typeof record === 'string' ? { value: Buffer.from(record) } : record;
  const { offsetDelta = index, timestampDelta = index, key = null, value = null, headers = [] } = fields;
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(offsetDelta),
    data(key),
    data(value),
    varint(headers.length),
    ...headers.flatMap(([name, content]) => [data(name), data(content)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

export function rawBatch(batch: RawBatch = {}): Buffer {
  const marker = { key: Buffer.from([0, 0, 0, batch.control === 'commit' ? 1 : 0]), value: Buffer.alloc(6) };
  const records = batch.control === undefined ? (batch.records ?? []) : [marker];
  const body = batch.body ?? Buffer.concat(records.map(rawRecord));
  const isTransactional = batch.isTransactional ?? batch.control !== undefined;
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(batch.baseOffset ?? 0), 0);
  header.writeInt32BE(61 - 12 + body.length, 8);
  header.writeInt8(2, 16);
  const flags = [
    batch.isLogAppendTime ? FLAGS.logAppendTime : 0,
    isTransactional ? FLAGS.transactional : 0,
    batch.control === undefined ? 0 : FLAGS.control,
  ];
  header.writeInt16BE((batch.compression ?? 0) + flags.reduce((sum, flag) => sum + flag), ATTRIBUTES_AT);
  header.writeInt32BE(batch.lastOffsetDelta ?? Math.max(0, records.length - 1), 23);
  header.writeBigInt64BE(BigInt(BASE_TIMESTAMP_MS), 27);
  header.writeBigInt64BE(BigInt(MAX_TIMESTAMP_MS), 35);
  header.writeBigInt64BE(BigInt(batch.producerId ?? -1), 43);
  header.writeInt32BE(batch.recordCount ?? records.length, 57);
  return withCrc(Buffer.concat([header, body]));
}

/** Makes a batch's CRC right again after its bytes were changed. */
export function withCrc(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32C(batch.subarray(ATTRIBUTES_AT)), CRC_AT);
  return batch;
}
