import type { LogRecord } from '@tidemark/stream';

/**
 * What is read a second time, as a topic was cut off or made anew: of each key the newest, once all that was there is read.
 * One after the other an old record would be believed after a newer one.
 */
export class ReadAgain {
  readonly #end: number;
  readonly #newest = new Map<string, LogRecord>();

  /** @param end next offset of what is there already */
  constructor(end: number) {
    this.#end = end;
  }

  add(records: Iterable<LogRecord>): void {
    for (const record of records) {
      if (record.key === null) continue;
      const { value } = record;
      // What was fetched is to be let go of.
      const kept = { ...record, key: Buffer.from(record.key), value: value && Buffer.from(value) };
      this.#newest.set(record.key.toString(), kept);
    }
  }

  isComplete(position: number): boolean {
    return position >= this.#end;
  }

  get newest(): Iterable<LogRecord> {
    return this.#newest.values();
  }
}
