import { rowId, type StateRow } from './state-row.ts';

/** Rows that a commit changes: by id, undefined for a row that is removed. */
export type RowChanges = ReadonlyMap<string, StateRow | undefined>;

/** The committed rows of a task, as its logic may see them. */
export interface CommittedRows {
  readonly size: number;
  get(id: string): StateRow | undefined;
  rows(): IterableIterator<[string, StateRow]>;
  /** Ids of a query's rows by window start; what is needed to close windows without scanning every row. */
  windows(query: string): ReadonlyMap<number, ReadonlySet<string>>;
}

/** Committed rows with an index by window. Only `fold` changes it, after the commit. */
export class KeyedState implements CommittedRows {
  readonly #rows = new Map<string, StateRow>();
  readonly #windows = new Map<string, Map<number, Set<string>>>();

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): StateRow | undefined {
    return this.#rows.get(id);
  }

  rows(): IterableIterator<[string, StateRow]> {
    return this.#rows.entries();
  }

  windows(query: string): ReadonlyMap<number, ReadonlySet<string>> {
    return this.#windows.get(query) ?? NO_WINDOWS;
  }

  fold(changes: Iterable<readonly [id: string, row: StateRow | undefined]>): void {
    for (const [id, row] of changes) {
      if (row === undefined) this.#remove(id);
      else this.#put(id, row);
    }
  }

  #put(id: string, row: StateRow): void {
    if (row.windowStartMs !== null && !this.#rows.has(id)) this.#index(row.query, row.windowStartMs).add(id);
    this.#rows.set(id, row);
  }

  #remove(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.delete(id);
    if (row.windowStartMs === null) return;
    const ids = this.#index(row.query, row.windowStartMs);
    ids.delete(id);
    if (ids.size === 0) this.#windows.get(row.query)!.delete(row.windowStartMs);
  }

  #index(query: string, windowStartMs: number): Set<string> {
    let windows = this.#windows.get(query);
    if (windows === undefined) this.#windows.set(query, (windows = new Map()));
    let ids = windows.get(windowStartMs);
    if (ids === undefined) windows.set(windowStartMs, (ids = new Set()));
    return ids;
  }
}

const NO_WINDOWS: ReadonlyMap<number, ReadonlySet<string>> = new Map();

/** A batch's own view: what it changed so far, over the committed rows. Dropped when the commit fails. */
export class RowOverlay {
  readonly changes = new Map<string, StateRow | undefined>();
  readonly #committed: CommittedRows;

  constructor(committed: CommittedRows) {
    this.#committed = committed;
  }

  get(id: string): StateRow | undefined {
    return this.changes.has(id) ? this.changes.get(id) : this.#committed.get(id);
  }

  put(row: StateRow): void {
    this.changes.set(rowId(row.query, row.windowStartMs, row.group), row);
  }

  /** Removing what only this batch made leaves nothing behind, not even a tombstone. */
  remove(id: string): void {
    if (this.#committed.get(id) === undefined) this.changes.delete(id);
    else this.changes.set(id, undefined);
  }

  /** All live rows of a query as of this batch. */
  *rows(query: string): Generator<[string, StateRow]> {
    for (const [id, row] of this.#committed.rows()) {
      if (row.query === query && !this.changes.has(id)) yield [id, row];
    }
    for (const [id, row] of this.changes) {
      if (row !== undefined && row.query === query) yield [id, row];
    }
  }

  /** Live rows of a query whose window is closed by `isClosed(windowStartMs)`. */
  *closedRows(query: string, isClosed: (windowStartMs: number) => boolean): Generator<[string, StateRow]> {
    for (const [startMs, ids] of this.#committed.windows(query)) {
      if (!isClosed(startMs)) continue;
      for (const id of ids) if (!this.changes.has(id)) yield [id, this.#committed.get(id)!];
    }
    for (const [id, row] of [...this.changes]) {
      if (row !== undefined && row.query === query && isClosed(row.windowStartMs!)) yield [id, row];
    }
  }
}
