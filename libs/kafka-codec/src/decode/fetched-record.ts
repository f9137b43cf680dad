import { readHeaders } from './record-headers.ts';

/** What all records of a batch share. */
export interface RecordSource {
  readonly topic: string;
  readonly partition: number;
  /** The records of the batch, unpacked. */
  readonly bytes: Buffer;
  /** Over the same bytes. */
  readonly view: DataView;
  readonly baseTimestampMs: number;
  readonly appendTimestampMs: number | undefined;
}

/** A value among the bytes of its batch. */
export interface ValueInPlace {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** Where in the bytes a record's parts are; a negative length is null, a negative start of the headers none. */
export interface RecordPlaces {
  offset: number;
  timestampDelta: number;
  keyStart: number;
  keyLength: number;
  valueStart: number;
  valueLength: number;
  headersStart: number;
}

/**
 * A record over the bytes of its batch: key, value and headers become objects when they are asked for, since making
 * views of bytes is most of what decoding costs.
 */
export class FetchedRecord {
  readonly offset: number;
  readonly #source: RecordSource;
  readonly #timestampDelta: number;
  readonly #keyStart: number;
  readonly #keyLength: number;
  readonly #valueStart: number;
  readonly #valueLength: number;
  readonly #headersStart: number;
  #key: Buffer | undefined;
  #value: Buffer | undefined;

  constructor(source: RecordSource, places: RecordPlaces) {
    this.offset = places.offset;
    this.#source = source;
    this.#timestampDelta = places.timestampDelta;
    this.#keyStart = places.keyStart;
    this.#keyLength = places.keyLength;
    this.#valueStart = places.valueStart;
    this.#valueLength = places.valueLength;
    this.#headersStart = places.headersStart;
  }

  get topic(): string {
    return this.#source.topic;
  }

  get partition(): number {
    return this.#source.partition;
  }

  /** Epoch ms: when the record was created or, by topic setting, appended. */
  get timestampMs(): number {
    return this.#source.appendTimestampMs ?? this.#source.baseTimestampMs + this.#timestampDelta;
  }

  /** A view of the fetch buffer: copy what is kept. */
  get key(): Buffer | null {
    if (this.#keyLength < 0) return null;
    return (this.#key ??= this.#source.bytes.subarray(this.#keyStart, this.#keyStart + this.#keyLength));
  }

  /** A view of the fetch buffer: copy what is kept. */
  get value(): Buffer | null {
    if (this.#valueLength < 0) return null;
    return (this.#value ??= this.#source.bytes.subarray(this.#valueStart, this.#valueStart + this.#valueLength));
  }

  /** The value where it stands, without a view of its own. */
  get valueInPlace(): ValueInPlace | null {
    if (this.#valueLength < 0) return null;
    const { bytes, view } = this.#source;
    return { bytes, view, start: this.#valueStart, end: this.#valueStart + this.#valueLength };
  }

  /** Of a doubled header the last value counts. Made anew each time. */
  get headers(): Readonly<Record<string, Buffer>> {
    return readHeaders(this.#source.bytes, this.#headersStart);
  }
}
