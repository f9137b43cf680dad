import type { OutputRecord } from '@tidemark/stream';
import type { Row } from './checker/results.ts';

const MERGE = /^tidemark\..+\.merge\.\d+$/;
const ROW = 'row:';

/** What a position says of how far each query has emitted. */
interface PositionLike {
  readonly version: number;
  readonly emittedVersion: Readonly<Record<string, number>>;
}

/**
 * Rows of each merge task that have changed since they were emitted last. None may count as emitted: the next trigger, or
 * who takes the task over, would pass it over, and nobody would see it until it changes again. None is removed before it
 * is emitted. This holds for queries in update and in complete mode: in append mode no row waits for a trigger.
 */
export class WaitingRows {
  readonly #queries: readonly string[];
  readonly #violate: (text: string) => void;
  /** By task and query: the version that was the first to change a row since it was emitted, by the row's id. */
  readonly #waiting = new Map<string, Map<string, number>>();

  /** @param queries each of which emits to the topic of the same name */
  constructor(queries: readonly string[], violate: (text: string) => void) {
    this.#queries = queries;
    this.#violate = violate;
  }

  committed(transactionalId: string, records: readonly OutputRecord[]): void {
    if (!MERGE.test(transactionalId)) return;
    const position = records.find(({ key }) => String(key) === 'position');
    if (position === undefined) return;
    const { version, emittedVersion } = JSON.parse(String(position.value)) as PositionLike;
    for (const query of this.#queries) {
      const waiting = this.#waitingOf(`${transactionalId} ${query}`);
      const isNews = (id: string) => id.startsWith(`${query}|`) && !waiting.has(id);
      const changed = changedRows(records);
      for (const [id, isRemoved] of changed) if (!isRemoved && isNews(id)) waiting.set(id, version);
      for (const id of emittedRows(query, records)) waiting.delete(id);
      const lost = [...waiting.keys()].filter((id) => changed.get(id) === true);
      if (lost.length > 0) this.#violate(`${transactionalId}: removed before they were emitted: ${lost}`);
      for (const id of lost) waiting.delete(id);
      const upTo = emittedVersion[query] ?? 0;
      const forgotten = [...waiting].filter(([, since]) => since <= upTo).map(([id]) => id);
      if (forgotten.length > 0)
        this.#violate(`${transactionalId}: ${query} counts as emitted up to version ${upTo}, ${forgotten} were not`);
    }
  }

  #waitingOf(name: string): Map<string, number> {
    const waiting = this.#waiting.get(name) ?? new Map<string, number>();
    this.#waiting.set(name, waiting);
    return waiting;
  }
}

/** Ids of the rows that a commit changes, and whether it removes them. */
function changedRows(records: readonly OutputRecord[]): ReadonlyMap<string, boolean> {
  const rows = records.filter(({ key }) => String(key).startsWith(ROW));
  return new Map(rows.map(({ key, value }) => [String(key).slice(ROW.length), value === null]));
}

/** Ids of the rows that a commit emits, as changelogs name them. */
function emittedRows(query: string, records: readonly OutputRecord[]): readonly string[] {
  const rows = records.filter(({ topic }) => topic === query).map(({ value }) => JSON.parse(String(value)) as Row);
  return rows.map(({ page, windowStartMs }) => `${query}|${windowStartMs ?? ''}|${page}`);
}
