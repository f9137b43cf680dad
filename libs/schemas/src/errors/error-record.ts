import { createHash } from 'node:crypto';
import { isoFromMs } from '../time/iso-time.ts';

/** So much of a failed record's value, and of its key, is kept: 64 KiB. The whole is read at the source coordinates. */
export const MAX_PAYLOAD_BYTES = 65_536;
const MAX_MESSAGE_CHARS = 8_192;

/** Key of every record of `error-events`. */
export const ERROR_RECORD_KEY = 'error';

/** Where a failed record was read. */
export interface ErrorSource {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms; the record's own timestamp. */
  readonly timestampMs: number;
  /** At most its first 64 KiB once it was written. */
  readonly key: Buffer | null;
}

/** A record that a step refused, and why. */
export interface ErrorRecord {
  readonly errorMessage: string;
  /** The task's batch that contained the record. */
  readonly batchId: number;
  /** Epoch ms. */
  readonly errorTimeMs: number;
  /** A record fault's code, or another stable code such as `event_time_in_future`. */
  readonly code: string;
  readonly worker: string;
  readonly step: string;
  /** 1 for a record's first reading; each retry adds 1. */
  readonly attempt: number;
  readonly source: ErrorSource;
}

/** The value of an `error-events` record. @param value the failed record's whole value */
export function encodeErrorRecord(error: ErrorRecord, value: Buffer | null): string {
  return JSON.stringify({
    error_message: error.errorMessage.slice(0, MAX_MESSAGE_CHARS),
    batch_id: error.batchId,
    error_time: isoFromMs(error.errorTimeMs),
    code: error.code,
    worker: error.worker,
    step: error.step,
    attempt: error.attempt,
    source: sourceFields(error.source),
    payload: capped(value),
    payload_bytes: value === null ? null : value.length,
    payload_sha256: value === null ? null : createHash('sha256').update(value).digest('hex'),
  });
}

function sourceFields({ topic, partition, offset, timestampMs, key }: ErrorSource): object {
  const fields = { topic, partition, offset, timestamp: isoFromMs(timestampMs), key: capped(key) };
  // A key may be as large as a record: uncapped, its error record would fit nowhere.
  return key !== null && key.length > MAX_PAYLOAD_BYTES ? { ...fields, key_truncated: true } : fields;
}

/** Base64 of the first 64 KiB. */
function capped(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('base64', 0, MAX_PAYLOAD_BYTES);
}
