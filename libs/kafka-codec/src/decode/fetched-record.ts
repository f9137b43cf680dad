import { readHeaders } from './record-headers.ts';
import type { RecordPlaces } from './record-places.ts';

/** A value among the bytes of its batch: what `libs/schemas` reads in place, said anew since this lib needs no other one. */
export interface ValueInPlace {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/**
 * A record over the bytes of its batch: key, value and headers become objects when they are asked for, since making
 * views of bytes is most of what decoding costs.
 */
export class FetchedRecord {
  readonly #places: RecordPlaces;
  readonly #index: number;
  #key: Buffer | undefined;
  #value: Buffer | undefined;

  constructor(places: RecordPlaces, index: number) {
    this.#places = places;
    this.#index = index;
  }

  get topic(): string {
    return this.#places.source.topic;
  }

  get partition(): number {
    return this.#places.source.partition;
  }

  get offset(): number {
    return this.#places.offset(this.#index);
  }

  /** Epoch ms: when the record was created or, by topic setting, appended. */
  get timestampMs(): number {
    const { appendTimestampMs, baseTimestampMs } = this.#places.source;
    return appendTimestampMs ?? baseTimestampMs + this.#places.timestampDelta(this.#index);
  }

  /** A view of the fetch buffer: copy what is kept. */
  get key(): Buffer | null {
    const length = this.#places.keyLength(this.#index);
    if (length < 0) return null;
    const start = this.#places.keyStart(this.#index);
    return (this.#key ??= this.#places.source.bytes.subarray(start, start + length));
  }

  /** A view of the fetch buffer: copy what is kept. */
  get value(): Buffer | null {
    const length = this.#places.valueLength(this.#index);
    if (length < 0) return null;
    const start = this.#places.valueStart(this.#index);
    return (this.#value ??= this.#places.source.bytes.subarray(start, start + length));
  }

  /** The value where it stands, without a view of its own. */
  get valueInPlace(): ValueInPlace | null {
    const length = this.#places.valueLength(this.#index);
    if (length < 0) return null;
    const { bytes, view } = this.#places.source;
    const start = this.#places.valueStart(this.#index);
    return { bytes, view, start, end: start + length };
  }

  /** Of a doubled header the last value counts. Made anew each time. */
  get headers(): Readonly<Record<string, Buffer>> {
    return readHeaders(this.#places.source.bytes, this.#places.headersStart(this.#index));
  }
}
