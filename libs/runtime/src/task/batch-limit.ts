import { hasCode, TidemarkError } from '@tidemark/schemas';

/**
 * How many records a turn of one task takes at most. A transaction that outlives its time-out would do so again with the
 * same batch, for ever: after each such one the next batch is half as large. It grows back while full batches end soon.
 */
export class BatchLimit {
  readonly #mostRecords: number;
  readonly #timeoutMs: number;
  #records: number;

  /** @param timeoutMs how long a transaction may stay open */
  constructor(mostRecords: number, timeoutMs: number) {
    this.#mostRecords = mostRecords;
    this.#timeoutMs = timeoutMs;
    this.#records = mostRecords;
  }

  get records(): number {
    return this.#records;
  }

  /** Runs a commit of so many records, and learns from it. @throws what it throws, or TM_TRANSACTION_EXPIRED */
  async during<T>(transactionalId: string, records: number, now: () => number, commit: () => Promise<T>): Promise<T> {
    const startMs = now();
    try {
      const result = await commit();
      this.#succeeded(records, now() - startMs);
      return result;
    } catch (error) {
      throw this.#failed(transactionalId, records, now() - startMs, error);
    }
  }

  /** Growing to the double must be safe: only when this one was over in a quarter of the time. */
  #succeeded(records: number, durationMs: number): void {
    if (records < this.#records || durationMs * 4 > this.#timeoutMs) return;
    this.#records = Math.min(this.#mostRecords, 2 * this.#records);
  }

  /**
   * What a failed commit means. After a transaction has outlived its time-out, by whatever error that shows (a request that was
   * not answered in time, say), the next batch is smaller. "Fenced" was the broker's doing then: it ends such a one and fences
   * its producer. A commit of no records says nothing of their number.
   * @returns TM_TRANSACTION_EXPIRED where it was fenced so late, else the error as it is
   */
  #failed(transactionalId: string, records: number, durationMs: number, error: unknown): unknown {
    if (durationMs < this.#timeoutMs) return error;
    if (records > 0) this.#records = Math.max(1, Math.floor(Math.min(this.#records, records) / 2));
    if (!hasCode(error, 'TM_FENCED')) return error;
    return new TidemarkError(
      'TM_TRANSACTION_EXPIRED',
      `${transactionalId}: ${records} records took ${durationMs} ms, the broker ends a transaction after ` +
        `${this.#timeoutMs} ms. They are read again, at most ${this.#records} at a time; if this goes on, give the worker ` +
        'or the broker a faster machine',
      { cause: error, fields: { transactionalId, records, durationMs, nextRecords: this.#records } },
    );
  }
}
