/** What came when, of events that are numbered from 0. */
export interface Arrivals {
  /** The first time counts. @param latencyMs since the event was due */
  note(index: number, latencyMs: number): void;
  isComplete(): boolean;
  /** Events that were to come and have not. */
  missing(): number;
  /** Of events that count, in their order. */
  latencies(): number[];
}

export interface ArrivalOptions {
  readonly count: number;
  /** Events before this one warm up, and do not count. */
  readonly firstCounted: number;
  /** Whether an event is to come at all. */
  readonly isExpected: (index: number) => boolean;
}

export function createArrivals({ count, firstCounted, isExpected }: ArrivalOptions): Arrivals {
  const latencyMs = new Float64Array(count).fill(NaN);
  let missing = 0;
  for (let index = 0; index < count; index++) if (isExpected(index)) missing += 1;
  return {
    note(index, value) {
      if (index >= count || !isExpected(index) || !Number.isNaN(latencyMs[index])) return;
      latencyMs[index] = value;
      missing -= 1;
    },
    isComplete: () => missing === 0,
    missing: () => missing,
    latencies: () => [...latencyMs.subarray(firstCounted)].filter((value) => !Number.isNaN(value)),
  };
}
