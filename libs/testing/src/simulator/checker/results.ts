import type { MemoryLog } from '@tidemark/stream';

/** A row as it is emitted. */
export interface Row {
  readonly page: string;
  readonly windowStartMs?: number;
  readonly visits: number;
  readonly amount: number;
  readonly mask: number;
}

/** Identity of a row. */
export function idOf({ page, windowStartMs }: Pick<Row, 'page' | 'windowStartMs'>): string {
  return windowStartMs === undefined ? page : `${page} ${windowStartMs}`;
}

/** All that was committed to a topic, by partition and offset, parsed. */
export function valuesOf<T>(log: MemoryLog, topic: string): readonly T[] {
  return log.committed(topic).map(({ value }) => JSON.parse(value!.toString()) as T);
}

/** Numbers of the visits that were late for a query. */
export function lateIdsOf(log: MemoryLog, query: string): readonly number[] {
  const late = log.committed('late-events').filter(({ headers }) => String(headers['tidemark-query']) === query);
  return late.map(({ value }) => (JSON.parse(value!.toString()) as { readonly id: number }).id);
}

/** Rows of a query as a changelog stores them: [schema, query, group, window start, accumulator, version]. */
export function storedRows(texts: Iterable<string>, query: string): readonly Row[] {
  const rows: Row[] = [];
  for (const text of texts) {
    const [, name, group, windowStartMs, [visits, amount, mask]] = JSON.parse(text) as StoredRow;
    if (name !== query) continue;
    rows.push({ page: group[0]!, ...(windowStartMs !== null && { windowStartMs }), visits, amount, mask });
  }
  return rows;
}

type StoredRow = [number, string, string[], number | null, [number, number, number], number];

/** Texts that occur more than once. */
export function doubled(texts: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.has(text) || !seen.add(text));
}
