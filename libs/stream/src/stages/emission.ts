import type { RowOverlay, StateRow } from '@tidemark/window-state';
import type { Position } from '../task/position.ts';
import type { Query } from './query.ts';

/** Which rows of a query a turn emits, by its mode. */
export class Emission {
  readonly #query: Query<never>;
  readonly #overlay: RowOverlay;
  readonly #emittedBefore: number;
  readonly #changedBefore: number;
  readonly #changed: number;
  #triggered = false;

  /** @param changed the version that last changed a row, this turn's included */
  constructor(query: Query<never>, position: Position, overlay: RowOverlay, changed: number) {
    this.#query = query;
    this.#overlay = overlay;
    this.#emittedBefore = position.emittedVersion[query.name] ?? 0;
    this.#changedBefore = position.changedVersion[query.name] ?? 0;
    this.#changed = changed;
  }

  /** The trigger fired: changed rows in update mode, the whole table in complete mode, nothing in append mode. */
  *due(): Generator<StateRow> {
    this.#triggered = true;
    if (this.#changed <= this.#emittedBefore || this.#query.mode === 'append') return;
    for (const row of this.#candidates()) {
      if (this.#query.mode === 'complete' || this.#isWaiting(row)) yield row;
    }
  }

  /** Rows that are removed: in append mode each of them, in update mode those that were not emitted yet. */
  *closing(closed: readonly [string, StateRow][]): Generator<StateRow> {
    for (const [, row] of closed) {
      if (this.#query.mode === 'append' || (!this.#triggered && this.#isWaiting(row))) yield row;
    }
  }

  #isWaiting(row: StateRow): boolean {
    return row.version > this.#emittedBefore;
  }

  /** With nothing waiting from before, only this turn's own changes can wait: no need to look at every row. */
  *#candidates(): Generator<StateRow> {
    const onlyThisTurn = this.#changedBefore <= this.#emittedBefore && this.#query.mode !== 'complete';
    if (!onlyThisTurn) {
      for (const [, row] of this.#overlay.rows(this.#query.name)) yield row;
      return;
    }
    for (const row of this.#overlay.changes.values()) {
      if (row !== undefined && row.query === this.#query.name) yield row;
    }
  }
}
