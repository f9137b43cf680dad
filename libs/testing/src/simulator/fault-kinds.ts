/** What may go wrong, by name, as it is counted and reported. */
export const FAULT_KINDS = [
  'kill',
  'kill-at-call',
  'freeze',
  'zombie',
  'restart',
  'scale-out',
  'rebalance',
  'fence',
  'request-lost',
  'request-partial',
  'request-late',
  'reply-lost',
  'reply-late',
  'transaction-expired',
  'marker-late',
  'changelog-held',
  'fetch-empty',
  'fetch-late',
  'first-fetch-late',
  'compaction',
  'retention',
  'redis-lost',
  'redis-old-dump',
  'redis-suffix-lost',
  'redis-foreign',
  'redis-away',
  'redis-slow',
  'redis-reply-lost',
  'redis-torn',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** How long the first fetch of an input's reader takes when it is late: from, to. */
export const LATE_FIRST_FETCH_MS = [5_000, 25_000] as const;

/** How many faults of each kind there were, and during how many of them a transaction was open. */
export type FaultCounts = Readonly<Record<FaultKind, { readonly count: number; readonly withOpenTransaction: number }>>;

/** Counts faults as they take effect. */
export class FaultTally {
  readonly #counts = new Map<FaultKind, { count: number; withOpenTransaction: number }>();
  readonly #isTransactionOpen: () => boolean;
  readonly #note: (line: string) => void;

  constructor(isTransactionOpen: () => boolean, note: (line: string) => void) {
    this.#isTransactionOpen = isTransactionOpen;
    this.#note = note;
  }

  add(kind: FaultKind, what = ''): void {
    const counts = this.#counts.get(kind) ?? { count: 0, withOpenTransaction: 0 };
    counts.count += 1;
    if (this.#isTransactionOpen()) counts.withOpenTransaction += 1;
    this.#counts.set(kind, counts);
    this.#note(`fault ${kind} ${what}`);
  }

  get counts(): FaultCounts {
    const none = { count: 0, withOpenTransaction: 0 };
    return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, this.#counts.get(kind) ?? none])) as FaultCounts;
  }
}
