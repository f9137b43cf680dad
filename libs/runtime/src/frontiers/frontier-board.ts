import { decodeFrontierEntry, type FrontierEntry, type LogRecord } from '@tidemark/stream';

/** Entries kept per source task; beyond it the older half is thinned out, which only delays who has not read them. */
const MAX_ENTRIES_PER_TASK = 4_096;

interface Entries {
  /** Number of entries dropped from the front. */
  base: number;
  list: FrontierEntry[];
}

/** What all source tasks have said, in order, as far as this process has read it. Shared by its tasks. */
export class FrontierBoard {
  readonly #byTask = new Map<string, Entries>();

  add(record: LogRecord): void {
    const { key, value, partition, offset } = record;
    if (key === null || value === null) return;
    const entry = decodeFrontierEntry(key.toString(), value.toString(), { partition, offset });
    let entries = this.#byTask.get(entry.sourceTask);
    if (entries === undefined) this.#byTask.set(entry.sourceTask, (entries = { base: 0, list: [] }));
    entries.list.push(entry);
    if (entries.list.length > MAX_ENTRIES_PER_TASK) drop(entries, MAX_ENTRIES_PER_TASK / 2);
  }

  /** Entries of a source task from the `cursor`-th on, and the cursor of the first one that is there. */
  since(sourceTask: string, cursor: number): { readonly cursor: number; readonly entries: readonly FrontierEntry[] } {
    const entries = this.#byTask.get(sourceTask);
    if (entries === undefined) return { cursor, entries: [] };
    const from = Math.max(cursor, entries.base);
    return { cursor: from, entries: entries.list.slice(from - entries.base) };
  }
}

function drop(entries: Entries, count: number): void {
  entries.list = entries.list.slice(count);
  entries.base += count;
}
