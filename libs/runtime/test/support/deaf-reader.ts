import type { Clock, LogReader, PartitionEnds, PartitionReader } from '@tidemark/stream';
import { readerOver } from './reader-over.ts';

/** What lies between readers and their broker: it can keep answers back, and hand them over later. */
export class DeafReader {
  readonly #clock: Clock;
  readonly #topic: string;
  readonly #opened: Held[] = [];
  #sinceMs: number | undefined;

  /** @param topic whose answers may be kept back */
  constructor(clock: Clock, topic: string) {
    this.#clock = clock;
    this.#topic = topic;
  }

  /** From now on no answer comes. */
  hearNothing(): void {
    this.#sinceMs = this.#clock.now();
    for (const each of this.#opened) each.lastEnds = each.reader.ends;
  }

  hearAgain(): void {
    this.#sinceMs = undefined;
    for (const { onChange } of this.#opened) onChange();
  }

  readonly between = (real: LogReader): LogReader => ({
    ...real,
    open: (at, offset, onChange, options) => {
      if (at.topic !== this.#topic) return real.open(at, offset, onChange, options);
      const reader = real.open(at, offset, () => this.#sinceMs !== undefined || onChange(), options);
      const held: Held = { reader, onChange, lastEnds: undefined };
      this.#opened.push(held);
      return this.#view(held);
    },
  });

  #view(held: Held): PartitionReader {
    const { reader } = held;
    return readerOver(reader, {
      ends: () => (this.#sinceMs === undefined ? reader.ends : held.lastEnds),
      endsAgeMs: () => (this.#sinceMs === undefined ? 0 : this.#clock.now() - this.#sinceMs),
      take: (maxRecords) => (this.#sinceMs === undefined ? reader.take(maxRecords) : undefined),
    });
  }
}

interface Held {
  readonly reader: PartitionReader;
  readonly onChange: () => void;
  lastEnds: PartitionEnds | undefined;
}
