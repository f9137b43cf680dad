import type { Checkpoint, CheckpointDelta } from '@tidemark/stream';
import { checkpointOf, deltaOf } from './checkpoint-scope.ts';

/** A row that a commit changes; null: it is gone. */
export type RowChange = readonly [string, string | null];

/** A linear history of commits, as a task has it: version n is what the first n of them fold to. */
export class CommittedRows {
  readonly #commits: (readonly RowChange[])[] = [];

  /** The newest version. */
  get version(): number {
    return this.#commits.length;
  }

  commit(changes: readonly RowChange[]): void {
    this.#commits.push(changes);
  }

  at(version: number): Checkpoint {
    return checkpointOf(version, present(this.#merged(0, version)));
  }

  delta(base: number, version: number): CheckpointDelta {
    return deltaOf(base, version, this.#merged(base, version));
  }

  /** What a take-over makes of a checkpoint: its rows, and what the changelog holds from its version on. */
  restored({ meta, rows }: Checkpoint): Map<string, string> {
    return new Map(present(new Map([...rows, ...this.#merged(meta.version, this.version)])));
  }

  #merged(from: number, to: number): Map<string, string | null> {
    return new Map(this.#commits.slice(from, to).flat());
  }
}

function present(rows: ReadonlyMap<string, string | null>): [string, string][] {
  return [...rows].filter((row): row is [string, string] => row[1] !== null);
}
