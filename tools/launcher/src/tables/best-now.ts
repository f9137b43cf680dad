/** How to look at the rows of a windowed ranking. */
export interface Ranking<R> {
  /** What is ranked; the same in each of its windows. */
  readonly subject: (row: R) => readonly string[];
  readonly score: (row: R) => number;
}

/**
 * Each subject once, with its highest score in the two newest windows, highest first: as windows overlap by half, these
 * are the ones that the newest event falls into.
 */
export function bestNow<R extends { readonly windowStartMs: number }>(
  rows: readonly R[],
  { subject, score }: Ranking<R>,
): R[] {
  const newest = [...new Set(rows.map(({ windowStartMs }) => windowStartMs))].sort((a, b) => b - a).slice(0, 2);
  const nameOf = (row: R) => JSON.stringify(subject(row));
  const current = rows.filter(({ windowStartMs }) => newest.includes(windowStartMs));
  const byScore = current.sort(
    (a, b) => score(b) - score(a) || b.windowStartMs - a.windowStartMs || compare(nameOf(a), nameOf(b)),
  );
  const best = new Map<string, R>();
  for (const row of byScore) if (!best.has(nameOf(row))) best.set(nameOf(row), row);
  return [...best.values()];
}

/** Order of two texts by their code units, the same in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
