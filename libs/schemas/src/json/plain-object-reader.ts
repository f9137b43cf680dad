import { TextCache } from './text-cache.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LAST_ASCII = 0x7e;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const ZERO = 0x30;
/** So many digits are exact in a double, whatever they are. */
const EXACT_DIGITS = 15;

/** What a scan answers where the bytes are not of the plain form. */
const NOT_PLAIN = -1;
/** The number of a field that was not asked for. */
const OTHER = -1;

/** What a field mostly holds: a `repeating` text is made once and remembered, a `unique` one is not worth that. */
export type FieldKind = 'number' | 'unique' | 'repeating';

/**
 * Reads the plain form of a JSON object, straight from its bytes: an object of texts in printable ASCII without
 * escapes and of whole numbers of up to 15 digits, which is what nearly all events are. Whatever else the bytes hold (other
 * values, other characters, faults), the answer is undefined, and the general way has to be taken; where there is an
 * answer, it is what `JSON.parse` would give for these fields. About three times as fast as that.
 */
export class PlainObjectReader {
  /** Names of the fields, in the order of the values. */
  readonly fields: readonly string[];
  readonly #names: readonly Buffer[];
  readonly #caches: readonly (TextCache | undefined)[];
  readonly #values: (string | number | undefined)[];
  #number = 0;

  /** @param fields the fields to read; the order in which they mostly come makes it fast */
  constructor(fields: Readonly<Record<string, FieldKind>>) {
    this.fields = Object.keys(fields);
    this.#names = this.fields.map((name) => Buffer.from(name, 'latin1'));
    this.#caches = Object.values(fields).map((kind) => (kind === 'repeating' ? new TextCache() : undefined));
    this.#values = this.#names.map(() => undefined);
  }

  /** The values in the order of the fields, undefined for one that is missing. The array is used again by the next read. */
  read(bytes: Buffer): readonly (string | number | undefined)[] | undefined {
    this.#values.fill(undefined);
    if (bytes[0] !== OPEN) return undefined;
    let at = skipSpaces(bytes, 1);
    for (let next = 0; ; next += 1) {
      const field = this.#fieldAt(bytes, at, next);
      const nameEnd = field === OTHER ? endOfText(bytes, at) : at + this.#names[field]!.length + 2;
      if (nameEnd === NOT_PLAIN) return undefined;
      at = skipSpaces(bytes, nameEnd);
      if (bytes[at] !== COLON) return undefined;
      at = this.#readValue(bytes, skipSpaces(bytes, at + 1), field);
      if (at === NOT_PLAIN) return undefined;
      at = skipSpaces(bytes, at);
      if (bytes[at] === CLOSE) return at + 1 === bytes.length ? this.#values : undefined;
      if (bytes[at] !== COMMA) return undefined;
      at = skipSpaces(bytes, at + 1);
    }
  }

  /** Which field's name is here, in quotes: mostly the one after the last. */
  #fieldAt(bytes: Buffer, at: number, next: number): number {
    const count = this.#names.length;
    for (let tried = 0; tried < count; tried++) {
      const field = (next + tried) % count;
      if (isNameAt(bytes, at, this.#names[field]!)) return field;
    }
    return OTHER;
  }

  /** Reads a value and keeps it, when it is a field's; of a doubled field the last counts. Answers where it ends. */
  #readValue(bytes: Buffer, at: number, field: number): number {
    if (bytes[at] !== QUOTE) {
      const end = this.#readNumber(bytes, at);
      if (end !== NOT_PLAIN && field !== OTHER) this.#values[field] = this.#number;
      return end;
    }
    const end = endOfText(bytes, at);
    if (end !== NOT_PLAIN && field !== OTHER) {
      const cache = this.#caches[field];
      this.#values[field] = cache?.textOf(bytes, at + 1, end - 1) ?? bytes.toString('latin1', at + 1, end - 1);
    }
    return end;
  }

  #readNumber(bytes: Buffer, start: number): number {
    let at = start;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      value = value * 10 + digit;
      at += 1;
    }
    const digits = at - start;
    if (digits === 0 || digits > EXACT_DIGITS || (digits > 1 && bytes[start] === ZERO)) return NOT_PLAIN;
    this.#number = value;
    return at;
  }
}

function isNameAt(bytes: Buffer, at: number, name: Buffer): boolean {
  const { length } = name;
  if (bytes[at] !== QUOTE || bytes[at + length + 1] !== QUOTE) return false;
  for (let i = 0; i < length; i++) if (bytes[at + 1 + i] !== name[i]) return false;
  return true;
}

/** Where a plain text in quotes ends, behind its closing quote. */
function endOfText(bytes: Buffer, start: number): number {
  if (bytes[start] !== QUOTE) return NOT_PLAIN;
  const { length } = bytes;
  for (let at = start + 1; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte < SPACE || byte > LAST_ASCII || byte === BACKSLASH) return NOT_PLAIN;
  }
  return NOT_PLAIN;
}

function skipSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === SPACE) at += 1;
  return at;
}
