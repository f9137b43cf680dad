import type { TidemarkError } from '@tidemark/schemas';
import type { FrontierEntry, LogRecord } from '@tidemark/stream';
import { readWord } from './read-word.ts';

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
  readonly #faults = new Map<string, TidemarkError>();
  readonly #onFault: (fault: TidemarkError) => void;

  /** @param onFault told of a word that cannot be understood; once, until the task has said one that can be */
  constructor(onFault: (fault: TidemarkError) => void = () => {}) {
    this.#onFault = onFault;
  }

  add(record: LogRecord): void {
    const { key, value } = record;
    if (key === null) return;
    const { entry, fault } = readWord(key.toString(), value, record);
    this.#note(entry.sourceTask, fault);
    let entries = this.#byTask.get(entry.sourceTask);
    if (entries === undefined) this.#byTask.set(entry.sourceTask, (entries = { base: 0, list: [] }));
    entries.list.push(entry);
    if (entries.list.length > MAX_ENTRIES_PER_TASK) drop(entries, MAX_ENTRIES_PER_TASK / 2);
  }

  /** Why the last word of a source task counts for nothing: it cannot be understood. */
  fault(sourceTask: string): TidemarkError | undefined {
    return this.#faults.get(sourceTask);
  }

  /** Entries of a source task from the `cursor`-th on, and the cursor of the first one that is there. */
  since(sourceTask: string, cursor: number): { readonly cursor: number; readonly entries: readonly FrontierEntry[] } {
    const entries = this.#byTask.get(sourceTask);
    if (entries === undefined) return { cursor, entries: [] };
    const from = Math.max(cursor, entries.base);
    return { cursor: from, entries: entries.list.slice(from - entries.base) };
  }

  #note(sourceTask: string, fault: TidemarkError | undefined): void {
    if (fault === undefined) {
      this.#faults.delete(sourceTask);
      return;
    }
    if (!this.#faults.has(sourceTask)) this.#onFault(fault);
    this.#faults.set(sourceTask, fault);
  }
}

function drop(entries: Entries, count: number): void {
  entries.list = entries.list.slice(count);
  entries.base += count;
}
