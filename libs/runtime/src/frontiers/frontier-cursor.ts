import type { FrontierEntry, PendingFrontiers } from '@tidemark/stream';
import type { FrontierBoard } from './frontier-board.ts';

/** One task's place in the board: what it has applied and what still waits for its position. */
export class FrontierCursor {
  readonly #board: FrontierBoard;
  readonly #cursors = new Map<string, number>();

  constructor(board: FrontierBoard) {
    this.#board = board;
  }

  /** Entries not applied yet, oldest first. */
  pending(sourceTasks: readonly string[]): PendingFrontiers {
    const pending = new Map<string, readonly FrontierEntry[]>();
    for (const sourceTask of sourceTasks) {
      const { cursor, entries } = this.#board.since(sourceTask, this.#cursors.get(sourceTask) ?? 0);
      this.#cursors.set(sourceTask, cursor);
      if (entries.length > 0) pending.set(sourceTask, entries);
    }
    return pending;
  }

  /** To be told after the turn that used them was accepted. */
  consume(consumed: ReadonlyMap<string, number>): void {
    for (const [sourceTask, count] of consumed) {
      this.#cursors.set(sourceTask, this.#cursors.get(sourceTask)! + count);
    }
  }
}
