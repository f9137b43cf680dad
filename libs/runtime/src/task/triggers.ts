import type { QueryTrigger } from '@tidemark/stream';

/**
 * When queries emit. Intervals are aligned to the epoch, as Spark's are: all tasks of a query fire together, and a
 * restart does not shift them.
 */
export class Triggers {
  readonly #nextMs = new Map<string, number>();
  readonly #triggers: readonly QueryTrigger[];

  constructor(triggers: readonly QueryTrigger[], nowMs: number) {
    this.#triggers = triggers.filter(({ everyMs }) => everyMs > 0);
    for (const { query, everyMs } of this.#triggers) this.#nextMs.set(query, boundaryAfter(nowMs, everyMs));
  }

  /** Queries whose interval has passed. */
  due(nowMs: number): ReadonlySet<string> {
    const due = new Set<string>();
    for (const [query, nextMs] of this.#nextMs) if (nowMs >= nextMs) due.add(query);
    return due;
  }

  /** To be told of each turn, once the due queries have emitted. */
  fired(nowMs: number): void {
    for (const { query, everyMs } of this.#triggers) {
      const leftMs = this.#nextMs.get(query)! - nowMs;
      // More than an interval away: the clock was set back, and would keep the query silent for as long.
      if (leftMs <= 0 || leftMs > everyMs) this.#nextMs.set(query, boundaryAfter(nowMs, everyMs));
    }
  }

  /** The next time that one of these queries is due; Infinity when none has an interval. */
  nextMs(queries: readonly string[]): number {
    return Math.min(Infinity, ...queries.map((query) => this.#nextMs.get(query) ?? Infinity));
  }
}

function boundaryAfter(nowMs: number, everyMs: number): number {
  return (Math.floor(nowMs / everyMs) + 1) * everyMs;
}
