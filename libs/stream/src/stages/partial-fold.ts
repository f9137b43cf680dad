import { accumulation, type Accumulation, type Accumulator, groupId, newestWindowStart } from '@tidemark/window-state';
import type { PartialRow } from './partial.ts';
import type { Query } from './query.ts';

interface Group {
  readonly group: readonly string[];
  /** By window start; a running total has the single start null. */
  readonly byWindow: Map<number | null, Accumulator>;
}

/** Folds one batch's records into one delta per key and window of one query. */
export class PartialFold<T> {
  readonly query: Query<T>;
  /** Records that the query's `where` left out, that were late for all windows, and windows that were missed. */
  skipped = 0;
  late = 0;
  lateWindows = 0;
  readonly #closedEndMs: number;
  readonly #accumulation: Accumulation<T>;
  readonly #fields: readonly ((record: T) => string)[];
  readonly #groups = new Map<string, Group>();

  /** @param closedEndMs the last window end that was promised closed before this batch */
  constructor(query: Query<T>, closedEndMs: number) {
    this.query = query;
    this.#closedEndMs = closedEndMs;
    this.#accumulation = accumulation(query.measures);
    this.#fields = Object.values(query.groupBy);
  }

  /** Adds a record; for one that is late for all its windows: by how many ms its newest window was missed. */
  add(record: T, eventTimeMs: number): number | undefined {
    const { where, window } = this.query;
    if (where !== undefined && !where(record)) {
      this.skipped += 1;
      return undefined;
    }
    if (window === undefined) {
      this.#addTo(this.#group(record), null, record);
      return undefined;
    }
    const newestMs = newestWindowStart(window, eventTimeMs);
    const newestEndMs = newestMs + window.sizeMs;
    // The newest window closes last: late for it means late for all.
    if (newestEndMs <= this.#closedEndMs) {
      this.late += 1;
      this.lateWindows += 1 + Math.floor((newestMs - (eventTimeMs - window.sizeMs) - 1) / window.slideMs);
      return this.#closedEndMs - newestEndMs;
    }
    const group = this.#group(record);
    for (let startMs = newestMs; startMs > eventTimeMs - window.sizeMs; startMs -= window.slideMs) {
      if (startMs + window.sizeMs <= this.#closedEndMs) this.lateWindows += 1;
      else this.#addTo(group, startMs, record);
    }
    return undefined;
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  /** The deltas, each with its grouping key's text. */
  *partials(): Generator<[key: string, partial: PartialRow]> {
    const { name: query, rowVersion } = this.query;
    for (const [key, { group, byWindow }] of this.#groups) {
      for (const [windowStartMs, delta] of byWindow) yield [key, { query, group, windowStartMs, delta, rowVersion }];
    }
  }

  #group(record: T): Group {
    const fields = this.#fields;
    // The common case of one field needs no array per record.
    const group = fields.length === 1 ? undefined : fields.map((field) => field(record));
    const id = group === undefined ? fields[0]!(record) : groupId(group);
    let found = this.#groups.get(id);
    if (found === undefined) this.#groups.set(id, (found = { group: group ?? [id], byWindow: new Map() }));
    return found;
  }

  #addTo({ byWindow }: Group, windowStartMs: number | null, record: T): void {
    const accumulator = byWindow.get(windowStartMs);
    if (accumulator === undefined) byWindow.set(windowStartMs, this.#accumulation.start(record));
    else this.#accumulation.add(accumulator, record);
  }
}
