/**
 * A measure is one number of a row that can be combined in any order and grouping: that is what lets a combine task
 * fold records into deltas and a merge task add deltas up. An accumulator is the array of a query's measures.
 */
export interface Measure<T> {
  readonly kind: 'sum' | 'min' | 'max';
  /** What one record contributes. */
  readonly of: (record: T) => number;
}

export type Measures<T> = Readonly<Record<string, Measure<T>>>;
export type Accumulator = number[];

export function sum<T>(of: (record: T) => number): Measure<T> {
  return { kind: 'sum', of };
}

/** Number of records, or of those for which `where` holds. */
export function count<T>(where?: (record: T) => boolean): Measure<T> {
  return { kind: 'sum', of: where === undefined ? () => 1 : (record) => (where(record) ? 1 : 0) };
}

export function min<T>(of: (record: T) => number): Measure<T> {
  return { kind: 'min', of };
}

export function max<T>(of: (record: T) => number): Measure<T> {
  return { kind: 'max', of };
}

/** What is needed to work with the accumulators of one query. */
export interface Accumulation<T> {
  readonly names: readonly string[];
  /** The accumulator of a single record. */
  start(record: T): Accumulator;
  /** Adds a record to an accumulator in place. */
  add(accumulator: Accumulator, record: T): void;
  /** A new accumulator of both; neither argument is changed. */
  merge(left: readonly number[], right: readonly number[]): Accumulator;
  /** Whether every number is a safe integer or a fraction of safe size: sums past 2^53-1 would be silently wrong. */
  isExact(accumulator: readonly number[]): boolean;
  /** The accumulator as named numbers. */
  read(accumulator: readonly number[]): Record<string, number>;
}

const COMBINE = {
  sum: (left: number, right: number) => left + right,
  min: Math.min,
  max: Math.max,
} as const;

export function accumulation<T>(measures: Measures<T>): Accumulation<T> {
  const names = Object.keys(measures);
  const list = Object.values(measures);
  const combines = list.map((measure) => COMBINE[measure.kind]);
  const combine = (index: number, left: number, right: number) => combines[index]!(left, right);
  return {
    names,
    start: (record) => list.map((measure) => measure.of(record)),
    add(accumulator, record) {
      for (let index = 0; index < list.length; index += 1) {
        accumulator[index] = combine(index, accumulator[index]!, list[index]!.of(record));
      }
    },
    merge: (left, right) => left.map((value, index) => combine(index, value, right[index]!)),
    isExact: (accumulator) => accumulator.every((value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER),
    read: (accumulator) => Object.fromEntries(names.map((name, index) => [name, accumulator[index]!])),
  };
}
