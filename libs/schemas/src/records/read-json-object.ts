import type { Parsed, RecordFault } from './record-fault.ts';
import { recordFault } from './record-fault.ts';

/**
 * A JSON object as parsed: `JSON.parse` makes `__proto__` an own property like any other, so that it changes no other
 * field. Do not read a field whose name Object.prototype has.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Strict: throws at the first byte that is not UTF-8. Measured fastest of the strict ways; keeps a mark in the text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const MAX_DETAIL_CHARS = 120;

/** Reads a record value as one JSON object in strict UTF-8 without a byte order mark. */
export function readJsonObject(value: Buffer | null): Parsed<JsonObject> {
  if (value === null) return recordFault('tombstone');
  if (value.length === 0) return recordFault('empty_value');
  if (startsWithByteOrderMark(value)) return recordFault('byte_order_mark');
  const text = decodeStrictly(value);
  return text === undefined ? recordFault('invalid_utf8') : parseObject(text);
}

function startsWithByteOrderMark(value: Buffer): boolean {
  return value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf;
}

function decodeStrictly(value: Buffer): string | undefined {
  try {
    return decoder.decode(value);
  } catch {
    return undefined;
  }
}

function parseObject(text: string): Parsed<JsonObject> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return notJson(error);
  }
  if (typeof parsed !== 'object' || parsed === null) return recordFault('not_an_object', parsedKind(parsed));
  if (Array.isArray(parsed)) return recordFault('not_an_object', 'an array');
  return { ok: true, value: parsed as JsonObject };
}

function notJson(error: unknown): RecordFault {
  // The engine's message quotes the value; a fault tells no more than a few words of it.
  return recordFault('not_json', error instanceof Error ? error.message.slice(0, MAX_DETAIL_CHARS) : undefined);
}

function parsedKind(parsed: unknown): string {
  return parsed === null ? 'null' : `a ${typeof parsed}`;
}
