import { MAX_VARINT_BYTES, MAX_VARLONG_BYTES, varintBytes, varlongBytes, writeVarint, writeVarlong } from './varint.ts';

/** What a key, a value or a header may be. Strings are written as UTF-8. */
export type RecordData = Buffer | string | null;
export type RecordHeaders = Readonly<Record<string, RecordData>>;

/** A record as it is written, relative to its batch. */
export interface RecordFields {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: RecordData;
  readonly value: RecordData;
  readonly headers: RecordHeaders | undefined;
}

const ATTRIBUTES_BYTES = 1;
const NULL_LENGTH = -1;
/** A UTF-16 unit becomes at most three bytes of UTF-8 (a pair of them four). */
const MAX_BYTES_PER_UNIT = 3;
/** Length, attributes, timestamp and offset deltas, lengths of key and value, number of headers. */
const MAX_OVERHEAD_BYTES = 5 * MAX_VARINT_BYTES + MAX_VARLONG_BYTES + ATTRIBUTES_BYTES;

const SHORT_CHARS = 24;
const LAST_ASCII = 0x7f;

/** How long data will be as bytes. */
type Measure = (data: Buffer | string) => number;

/** Right for bytes and for ASCII, too small for all else: asking a string for its bytes costs as much as writing it. */
const asIfAscii: Measure = (data) => data.length;
const exactly: Measure = (data) => (typeof data === 'string' ? Buffer.byteLength(data) : data.length);

const maxBytes = (data: RecordData): number =>
  data === null ? 0 : typeof data === 'string' ? data.length * MAX_BYTES_PER_UNIT : data.length;

/** What a record takes at most, whatever its strings hold. Cheap: looks at no character. */
export function maxRecordBytes({ key, value, headers }: RecordFields): number {
  let size = MAX_OVERHEAD_BYTES + maxBytes(key) + maxBytes(value);
  for (const name in headers) size += 2 * MAX_VARINT_BYTES + maxBytes(name) + maxBytes(headers[name] ?? null);
  return size;
}

function sizeWith(measure: Measure, data: RecordData): number {
  if (data === null) return varintBytes(NULL_LENGTH);
  const size = measure(data);
  return varintBytes(size) + size;
}

function headersSize(measure: Measure, headers: RecordHeaders, count: number): number {
  let size = varintBytes(count);
  for (const name in headers) size += sizeWith(measure, name) + sizeWith(measure, headers[name] ?? null);
  return size;
}

function countHeaders(headers: RecordHeaders): number {
  let count = 0;
  for (const _name in headers) count += 1;
  return count;
}

/** Writes data after its length; answers where it ends. */
function writeData(measure: Measure, data: RecordData, bytes: Buffer, at: number): number {
  if (data === null) return writeVarint(bytes, NULL_LENGTH, at);
  const start = writeVarint(bytes, measure(data), at);
  if (typeof data === 'string') return writeText(data, bytes, start);
  bytes.set(data, start);
  return start + data.length;
}

/** Writes a text as UTF-8; answers where it ends. To call Node's own writer takes longer than to write a short key. */
function writeText(text: string, bytes: Buffer, start: number): number {
  const { length } = text;
  if (length > SHORT_CHARS) return start + bytes.write(text, start);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > LAST_ASCII) return start + bytes.write(text, start);
    bytes[start + i] = code;
  }
  return start + length;
}

/** Writes a record; answers where it ends, or -1 where a string was longer than measured. */
function tryWrite(measure: Measure, record: RecordFields, bytes: Buffer, start: number): number {
  const { offsetDelta, timestampDelta, key, value, headers } = record;
  const headerCount = headers === undefined ? 0 : countHeaders(headers);
  const size =
    ATTRIBUTES_BYTES +
    varlongBytes(timestampDelta) +
    varintBytes(offsetDelta) +
    sizeWith(measure, key) +
    sizeWith(measure, value) +
    (headers === undefined ? 1 : headersSize(measure, headers, headerCount));
  let at = writeVarint(bytes, size, start);
  const end = at + size;
  bytes[at++] = 0; // attributes: none are defined
  at = writeVarlong(bytes, timestampDelta, at);
  at = writeVarint(bytes, offsetDelta, at);
  at = writeData(measure, key, bytes, at);
  at = writeData(measure, value, bytes, at);
  at = writeVarint(bytes, headerCount, at);
  for (const name in headers) {
    at = writeData(measure, name, bytes, at);
    at = writeData(measure, headers[name] ?? null, bytes, at);
  }
  return at === end ? end : -1;
}

/**
 * Writes a record at `start`; answers where it ends. First as if all strings were ASCII, which most are: then each is
 * looked at once, by the write itself. UTF-8 of any other string is longer than the string, which shows in the end.
 * @param bytes has room for `maxRecordBytes`
 */
export function writeRecord(record: RecordFields, bytes: Buffer, start: number): number {
  const end = tryWrite(asIfAscii, record, bytes, start);
  return end >= 0 ? end : tryWrite(exactly, record, bytes, start);
}
