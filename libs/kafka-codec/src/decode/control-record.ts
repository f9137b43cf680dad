import type { BatchHeader } from '../batch/batch-header.ts';
import { HEADER_BYTES } from '../batch/batch-layout.ts';
import { readBytes, readVarint, readVarlong } from './byte-cursor.ts';

/** A control record's key is: version (16 bits), type (16 bits). */
const TYPE_AT = 2;
const KEY_BYTES = 4;

/** How a transaction ended; other types concern the brokers alone. */
export type ControlType = 'abort' | 'commit' | 'other';

/** Key of a control batch's one record. Compaction may take the record away: then it is null. Never packed. */
export function controlKey(batch: BatchHeader): Buffer | null {
  if (batch.recordCount === 0) return null;
  const cursor = { bytes: batch.bytes, at: HEADER_BYTES };
  readVarint(cursor); // length
  cursor.at += 1; // attributes
  readVarlong(cursor); // timestamp delta
  readVarint(cursor); // offset delta
  return readBytes(cursor);
}

/** What a control batch says; undefined where compaction took away what it said. */
export function controlType(batch: BatchHeader): ControlType | undefined {
  const key = controlKey(batch);
  if (key === null || key.length < KEY_BYTES) return undefined;
  const type = key.readInt16BE(TYPE_AT);
  return type === 0 ? 'abort' : type === 1 ? 'commit' : 'other';
}
