import { isLiteralAt } from './literal.ts';
import { layoutOf, type ObjectLayout } from './object-layout.ts';
import { TextCache } from './text-cache.ts';
import type { ValueInPlace } from './value-in-place.ts';

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
/** Where writers with several layouts take turns, learning anew each time would cost more than it gains. */
const READS_PER_LAYOUT = 64;

/** Printable ASCII without quotes and backslashes. */
const PLAIN_NAME = /^[ !#-/:-[\]-~][ !#-[\]-~]*$/;

/** What a field mostly holds: a `repeating` text is made once and remembered, a `unique` one is not worth that. */
export type FieldKind = 'number' | 'unique' | 'repeating';

export type FieldValues = readonly (string | number | undefined)[];

/**
 * Reads the plain form of a JSON object, straight from its bytes: an object of texts in printable ASCII without
 * escapes and of whole numbers of up to 15 digits, which is what nearly all events are. Whatever else the bytes hold (other
 * values, other characters, faults), the answer is undefined, and the general way has to be taken; where there is an
 * answer, it is what `JSON.parse` would give for these fields. Several times as fast as that where objects have the layout
 * of the one before.
 */
export class PlainObjectReader {
  /** Names of the fields, in the order of the values. */
  readonly fields: readonly string[];
  readonly #names: readonly Buffer[];
  readonly #caches: readonly (TextCache | undefined)[];
  readonly #values: (string | number | undefined)[];
  #number = 0;
  /** Of the text that was passed over last. */
  #hash = 0;
  #layout: ObjectLayout | undefined;
  #readsBeforeLearning = 0;

  /**
   * @param fields the fields to read; the order in which they mostly come makes it fast
   * @throws RangeError for a name that is not of the plain form, or begins with a digit: objects have those first
   */
  constructor(fields: Readonly<Record<string, FieldKind>>) {
    this.fields = Object.keys(fields);
    const odd = this.fields.find((name) => !PLAIN_NAME.test(name));
    if (odd !== undefined) throw new RangeError(`${JSON.stringify(odd)} cannot be read as a plain field`);
    this.#names = this.fields.map((name) => Buffer.from(name, 'latin1'));
    this.#caches = Object.values(fields).map((kind) => (kind === 'repeating' ? new TextCache() : undefined));
    this.#values = this.#names.map(() => undefined);
  }

  /** The values in the order of the fields, undefined for one that is missing. The array is used again by the next read. */
  read(value: ValueInPlace): FieldValues | undefined {
    if (this.#layout !== undefined && this.#readByLayout(value, this.#layout)) return this.#values;
    if (this.#readsBeforeLearning > 0) {
      this.#readsBeforeLearning -= 1;
      return this.#readFreely(value);
    }
    return this.#readAndLearn(value);
  }

  #readAndLearn(value: ValueInPlace): FieldValues | undefined {
    const places: number[] = [];
    const values = this.#readFreely(value, places);
    if (values === undefined) return undefined;
    this.#layout = layoutOf(value, places) ?? this.#layout;
    this.#readsBeforeLearning = READS_PER_LAYOUT;
    return values;
  }

  /** Whether it has this layout; only then are the values of any worth. */
  #readByLayout(value: ValueInPlace, { fields, gaps }: ObjectLayout): boolean {
    this.#clear();
    const { bytes, view, start, end } = value;
    let at = start;
    for (let i = 0; i < gaps.length; i++) {
      const gap = gaps[i]!;
      if (at + gap.sizeBytes > end || !isLiteralAt(view, at, gap)) return false;
      at = this.#readValue(value, at + gap.sizeBytes, fields[i]!);
      if (at === NOT_PLAIN) return false;
    }
    return at + 1 === end && bytes[at] === CLOSE;
  }

  /** @param places is given the number of the field, start and end of each value */
  #readFreely(value: ValueInPlace, places?: number[]): FieldValues | undefined {
    this.#clear();
    const { bytes, start, end } = value;
    if (start >= end || bytes[start] !== OPEN) return undefined;
    let at = skipSpaces(bytes, start + 1);
    for (let next = 0; at < end; next += 1) {
      const field = this.#fieldAt(bytes, at, next);
      const nameEnd = field === OTHER ? this.#endOfText(bytes, at, end) : at + this.#names[field]!.length + 2;
      if (nameEnd === NOT_PLAIN) return undefined;
      at = skipSpaces(bytes, nameEnd);
      if (bytes[at] !== COLON) return undefined;
      const valueStart = skipSpaces(bytes, at + 1);
      at = this.#readValue(value, valueStart, field);
      if (at === NOT_PLAIN) return undefined;
      places?.push(field, valueStart, at);
      at = skipSpaces(bytes, at);
      if (bytes[at] === CLOSE) return at + 1 === end ? this.#values : undefined;
      if (bytes[at] !== COMMA) return undefined;
      at = skipSpaces(bytes, at + 1);
    }
    return undefined;
  }

  /** A call of `Array.fill` costs more than a loop over so few. */
  #clear(): void {
    const values = this.#values;
    for (let i = 0; i < values.length; i++) values[i] = undefined;
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
  #readValue(value: ValueInPlace, at: number, field: number): number {
    const { bytes, end } = value;
    if (bytes[at] !== QUOTE) {
      const numberEnd = this.#readNumber(bytes, at);
      if (numberEnd !== NOT_PLAIN && field !== OTHER) this.#values[field] = this.#number;
      return numberEnd;
    }
    const textEnd = this.#endOfText(bytes, at, end);
    if (textEnd !== NOT_PLAIN && field !== OTHER) {
      const [from, to] = [at + 1, textEnd - 1];
      this.#values[field] =
        this.#caches[field]?.textOf(value, from, to, this.#hash) ?? bytes.toString('latin1', from, to);
    }
    return textEnd;
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

  /** Where a plain text in quotes ends, behind its closing quote; takes its hash on the way. */
  #endOfText(bytes: Buffer, start: number, end: number): number {
    if (bytes[start] !== QUOTE) return NOT_PLAIN;
    let hash = 0;
    for (let at = start + 1; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.#hash = hash;
        return at + 1;
      }
      if (byte < SPACE || byte > LAST_ASCII || byte === BACKSLASH) return NOT_PLAIN;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    return NOT_PLAIN;
  }
}

function isNameAt(bytes: Buffer, at: number, name: Buffer): boolean {
  const { length } = name;
  if (bytes[at] !== QUOTE || bytes[at + length + 1] !== QUOTE) return false;
  for (let i = 0; i < length; i++) if (bytes[at + 1 + i] !== name[i]) return false;
  return true;
}

function skipSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === SPACE) at += 1;
  return at;
}
