import type { HistoryRecord } from './history.ts';

const SPACE = 0x20;
const END = 0x1e;
const NUMBERS = 5;

/** kcat's output format: partition, offset, time, lengths of key and value (-1: null), the two, headers, a byte 1e. */
export const RECORD_FORMAT = `%p %o %T %K %S %k%s%h${String.fromCharCode(END)}`;

/** Cuts a stream of bytes into records; takes chunks of any size. */
export interface RecordFrames {
  push(chunk: Buffer): void;
  /** @throws Error when the stream ended within a record */
  end(): void;
}

export function createRecordFrames(topic: string, onRecord: (record: HistoryRecord) => void): RecordFrames {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (let end = takeRecord(topic, bytes, at, onRecord); end > at; end = takeRecord(topic, bytes, at, onRecord)) {
        at = end;
      }
      rest = bytes.subarray(at);
    },
    end() {
      if (rest.length > 0) throw new Error(`${topic}: ${rest.length} bytes after the last whole record`);
    },
  };
}

/** @returns where the record ends; `from` when it is not whole yet */
function takeRecord(topic: string, bytes: Buffer, from: number, onRecord: (record: HistoryRecord) => void): number {
  const numbers: number[] = [];
  let at = from;
  while (numbers.length < NUMBERS) {
    const end = bytes.indexOf(SPACE, at);
    if (end < 0) return from;
    numbers.push(Number(bytes.toString('latin1', at, end)));
    at = end + 1;
  }
  const [partition, offset, timestampMs, keyLength, valueLength] = numbers as [number, number, number, number, number];
  const valueAt = at + Math.max(0, keyLength);
  const headersAt = valueAt + Math.max(0, valueLength);
  const end = headersAt > bytes.length ? -1 : bytes.indexOf(END, headersAt);
  if (end < 0) return from;
  const key = keyLength < 0 ? null : bytes.subarray(at, valueAt);
  const value = valueLength < 0 ? null : bytes.subarray(valueAt, headersAt);
  const headers = end === headersAt ? NO_HEADERS : readHeaders(bytes.toString('utf8', headersAt, end));
  onRecord({ topic, partition, offset, timestampMs, key, value, headers });
  return end + 1;
}

const NO_HEADERS: HistoryRecord['headers'] = {};

/** Only the headers that are checked: others may have commas in their texts, which kcat does not escape. */
function readHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/(?:^|,)(n|tidemark-source|tidemark-query)=([^,]*)/g)) {
    headers[name!] ??= value!;
  }
  return headers;
}
