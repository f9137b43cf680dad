import { type CheckpointMeta, type CheckpointStore, type Clock, encodePosition, type Position } from '@tidemark/stream';
import type { CommittedRows, RowCodec } from '@tidemark/window-state';
import type { AtCrashPoint } from '../crash-points.ts';

/** Committed state to write. */
export interface CommittedState {
  readonly position: Position;
  readonly rows: CommittedRows;
  /** Changelog offset after the position's record. */
  readonly changelogOffset: number;
}

export type FlushOutcome = 'applied' | 'replaced' | 'superseded';

/**
 * Brings one task's checkpoint from the version that the store is at to the committed one. Rows are absolute and
 * committed history is linear, so that a late or repeated write is harmless.
 */
export class CheckpointWriter {
  readonly #taskId: string;
  readonly #store: CheckpointStore;
  readonly #clock: Clock;
  readonly #rowCodec: RowCodec;
  readonly #at: AtCrashPoint;
  #storedVersion: number | undefined;
  #changed: Set<string>;
  #lastFlush: Promise<unknown> = Promise.resolve();

  /** @param storedVersion version that the store is at; undefined to write in full */
  constructor(
    taskId: string,
    store: CheckpointStore,
    clock: Clock,
    storedVersion: number | undefined,
    changed: ReadonlySet<string>,
    rowCodec: RowCodec,
    at: AtCrashPoint,
  ) {
    this.#taskId = taskId;
    this.#store = store;
    this.#clock = clock;
    this.#rowCodec = rowCodec;
    this.#at = at;
    this.#storedVersion = storedVersion;
    this.#changed = new Set(changed);
  }

  /** To be told of every committed change. */
  note(ids: Iterable<string>): void {
    for (const id of ids) this.#changed.add(id);
  }

  get changedRows(): number {
    return this.#changed.size;
  }

  /**
   * Writes what changed; with nothing new it verifies that the store still has it all. Calls take turns: two at once
   * could each write a part of the changes as if it were the whole.
   * @param current gives the committed state as it is when asked
   */
  flush(current: () => CommittedState): Promise<FlushOutcome> {
    const flush = this.#lastFlush.then(() => this.#flush(current));
    this.#lastFlush = flush.catch(() => undefined);
    return flush;
  }

  async #flush(current: () => CommittedState): Promise<FlushOutcome> {
    const changed = this.#changed;
    this.#changed = new Set();
    try {
      return await this.#write(current, changed);
    } catch (error) {
      // Whether it arrived is unknown: the same rows go out again, which is harmless.
      for (const id of changed) this.#changed.add(id);
      throw error;
    }
  }

  async #write(current: () => CommittedState, changed: ReadonlySet<string>): Promise<FlushOutcome> {
    if (this.#storedVersion !== undefined) {
      const state = current();
      const rows = new Map([...changed].map((id) => [id, this.#encoded(state.rows, id)]));
      const delta = { base: this.#storedVersion, meta: this.#meta(state), rows };
      const outcome = await this.#at('commit.4.apply-delta', () => this.#store.applyDelta(this.#taskId, delta));
      if (outcome !== 'missing') {
        this.#storedVersion = delta.meta.version;
        return outcome;
      }
      this.#storedVersion = undefined;
    }
    // Everything is encoded before the next await, so that rows and version belong together.
    const state = current();
    const meta = this.#meta(state);
    const rows = this.#encodeAll(state.rows);
    await this.#at('commit.4.replace', () => this.#store.replace(this.#taskId, { meta, rows }));
    this.#storedVersion = meta.version;
    return 'replaced';
  }

  #meta({ position, changelogOffset }: CommittedState): CheckpointMeta {
    return {
      incarnation: position.incarnation,
      version: position.version,
      changelogOffset,
      writtenAtMs: this.#clock.now(),
      position: encodePosition(position),
    };
  }

  #encoded(rows: CommittedRows, id: string): string | null {
    const row = rows.get(id);
    return row === undefined ? null : this.#rowCodec.encode(row);
  }

  #encodeAll(rows: CommittedRows): Map<string, string> {
    return new Map([...rows.rows()].map(([id, row]) => [id, this.#rowCodec.encode(row)]));
  }
}
