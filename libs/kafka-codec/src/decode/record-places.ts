/** What all records of a batch share. */
export interface RecordSource {
  readonly topic: string;
  readonly partition: number;
  /** The records of the batch, unpacked. */
  readonly bytes: Buffer;
  /** Over the same bytes. */
  readonly view: DataView;
  readonly baseOffset: number;
  readonly baseTimestampMs: number;
  readonly appendTimestampMs: number | undefined;
}

/** Where a record's parts are; a negative length is null, a negative start of the headers none. */
export interface RecordPlace {
  offset: number;
  timestampDelta: number;
  keyStart: number;
  keyLength: number;
  valueStart: number;
  valueLength: number;
  headersStart: number;
}

const OFFSET_DELTA = 0;
const KEY_START = 1;
const KEY_LENGTH = 2;
const VALUE_START = 3;
const VALUE_LENGTH = 4;
const HEADERS_START = 5;
const NUMBERS = 6;

/**
 * Where the parts of records of one batch stand, as rows of numbers: records are passed over once, and as long as they wait
 * there is no object for any of them.
 */
export class RecordPlaces {
  readonly source: RecordSource;
  readonly #numbers: Int32Array;
  readonly #timestampDeltas: Float64Array;
  #length = 0;

  /** @param capacity how many records may be added */
  constructor(source: RecordSource, capacity: number) {
    this.source = source;
    this.#numbers = new Int32Array(capacity * NUMBERS);
    this.#timestampDeltas = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  add(place: RecordPlace): void {
    const numbers = this.#numbers;
    const at = this.#length * NUMBERS;
    numbers[at + OFFSET_DELTA] = place.offset - this.source.baseOffset;
    numbers[at + KEY_START] = place.keyStart;
    numbers[at + KEY_LENGTH] = place.keyLength;
    numbers[at + VALUE_START] = place.valueStart;
    numbers[at + VALUE_LENGTH] = place.valueLength;
    numbers[at + HEADERS_START] = place.headersStart;
    this.#timestampDeltas[this.#length] = place.timestampDelta;
    this.#length += 1;
  }

  offset(index: number): number {
    return this.source.baseOffset + this.#numbers[index * NUMBERS + OFFSET_DELTA]!;
  }

  timestampDelta(index: number): number {
    return this.#timestampDeltas[index]!;
  }

  keyStart(index: number): number {
    return this.#numbers[index * NUMBERS + KEY_START]!;
  }

  keyLength(index: number): number {
    return this.#numbers[index * NUMBERS + KEY_LENGTH]!;
  }

  valueStart(index: number): number {
    return this.#numbers[index * NUMBERS + VALUE_START]!;
  }

  valueLength(index: number): number {
    return this.#numbers[index * NUMBERS + VALUE_LENGTH]!;
  }

  headersStart(index: number): number {
    return this.#numbers[index * NUMBERS + HEADERS_START]!;
  }
}
