/** What became of the records that a query has read. Always: ok + skipped + late + error = read. */
export interface Tally {
  readonly read: number;
  readonly ok: number;
  readonly skipped: number;
  /** Late for all windows of the query. */
  readonly late: number;
  readonly error: number;
  /** Windows that a record was too late for, counting records that were in time for other windows. */
  readonly lateWindows: number;
}

export type MutableTally = { -readonly [name in keyof Tally]: Tally[name] };

export function emptyTally(): MutableTally {
  return { read: 0, ok: 0, skipped: 0, late: 0, error: 0, lateWindows: 0 };
}

export function addTally(total: Tally | undefined, more: Tally): Tally {
  if (total === undefined) return more;
  return {
    read: total.read + more.read,
    ok: total.ok + more.ok,
    skipped: total.skipped + more.skipped,
    late: total.late + more.late,
    error: total.error + more.error,
    lateWindows: total.lateWindows + more.lateWindows,
  };
}

/** The tallies of a position with those of a batch added. */
export function addTallies(
  totals: Readonly<Record<string, Tally>>,
  batch: Readonly<Record<string, Tally>>,
): Record<string, Tally> {
  const sums: Record<string, Tally> = { ...totals };
  for (const [query, tally] of Object.entries(batch)) sums[query] = addTally(totals[query], tally);
  return sums;
}
