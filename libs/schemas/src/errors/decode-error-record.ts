import { isText, isTotal, TEXT_RULE, totalRule } from '../records/check-field.ts';
import { readTime, TIME_RULE } from '../records/check-time.ts';
import type { JsonObject } from '../records/read-json-object.ts';
import { readJsonObject } from '../records/read-json-object.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault } from '../records/record-fault.ts';
import type { ErrorRecord, ErrorSource } from './error-record.ts';

/** What is left of the failed record's value. */
export interface ErrorPayload {
  /** At most the first 64 KiB; null for a tombstone. */
  readonly head: Buffer | null;
  /** Length of the whole value; null for a tombstone. */
  readonly sizeBytes: number | null;
  /** Lower-case hex of the whole value's hash; null for a tombstone. */
  readonly sha256: string | null;
}

export interface DecodedErrorRecord extends ErrorRecord {
  readonly payload: ErrorPayload;
}

/** Reads the value of an `error-events` record. Never throws. */
export function decodeErrorRecord(value: Buffer | null): Parsed<DecodedErrorRecord> {
  const read = readJsonObject(value);
  return read.ok ? errorFrom(read.value) : read;
}

function errorFrom(fields: JsonObject): Parsed<DecodedErrorRecord> {
  const { error_message, batch_id, error_time, code, worker, step, attempt } = fields;
  const errorTimeMs = readTime(error_time);
  const source = sourceFrom(fields['source']);
  const payload = payloadFrom(fields);
  if (typeof error_message !== 'string') return fieldFault('error_message', 'a string');
  if (!isTotal(0, batch_id)) return fieldFault('batch_id', totalRule(0));
  if (errorTimeMs === undefined) return fieldFault('error_time', TIME_RULE);
  if (!isText(code)) return fieldFault('code', TEXT_RULE);
  if (!isText(worker)) return fieldFault('worker', TEXT_RULE);
  if (!isText(step)) return fieldFault('step', TEXT_RULE);
  if (!isTotal(1, attempt)) return fieldFault('attempt', totalRule(1));
  if (!source) return fieldFault('source', 'an object of topic, partition, offset, timestamp and key');
  if (!payload) return fieldFault('payload', 'base64 or null, with payload_bytes and payload_sha256');
  const value = {
    errorMessage: error_message,
    batchId: batch_id,
    errorTimeMs,
    code,
    worker,
    step,
    attempt,
    source,
    payload,
  };
  return { ok: true, value };
}

function sourceFrom(field: unknown): ErrorSource | undefined {
  if (typeof field !== 'object' || field === null) return undefined;
  const { topic, partition, offset, timestamp, key } = field as JsonObject;
  const timestampMs = readTime(timestamp);
  const keyBytes = bytesFrom(key);
  if (!isText(topic) || !isTotal(0, partition) || !isTotal(0, offset)) return undefined;
  if (timestampMs === undefined || keyBytes === undefined) return undefined;
  return { topic, partition, offset, timestampMs, key: keyBytes };
}

function payloadFrom({ payload, payload_bytes, payload_sha256 }: JsonObject): ErrorPayload | undefined {
  if (payload === null) return { head: null, sizeBytes: null, sha256: null };
  const head = bytesFrom(payload);
  if (!head || !isTotal(head.length, payload_bytes) || !isSha256(payload_sha256)) return undefined;
  return { head, sizeBytes: payload_bytes, sha256: payload_sha256 };
}

function isSha256(field: unknown): field is string {
  return typeof field === 'string' && /^[0-9a-f]{64}$/.test(field);
}

function bytesFrom(field: unknown): Buffer | null | undefined {
  if (field === null) return null;
  if (typeof field !== 'string') return undefined;
  const bytes = Buffer.from(field, 'base64');
  // Buffer skips what is not base64; the way back shows it.
  return bytes.toString('base64') === field ? bytes : undefined;
}
