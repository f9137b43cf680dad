import type { Findings } from './anomalies.ts';
import { type ExpectedTable, isNeeded, isPossible } from './expected-table.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';
import { QUERIES, rowKey } from './queries.ts';

/** What a combine task adds to a row, as the partials topic has it. */
type Delta = readonly [schema: number, kind: 'd', query: string, group: string[], startMs: number | null, number[]];

/** How many deltas each partition of a partials topic has, by query; the tasks behind it must have read as many. */
export type DeltaCounts = ReadonlyMap<number, ReadonlyMap<string, number>>;

/** Sums of the deltas, by query and row. */
type DeltaSums = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/**
 * The deltas of each row must add up to what the input makes: so a fault is found on its side of the topic.
 * @returns how many there are, by topic
 */
export async function checkPartials(
  history: CountedHistory,
  topics: readonly string[],
  tables: ReadonlyMap<string, ExpectedTable>,
  findings: Findings,
): Promise<ReadonlyMap<string, DeltaCounts>> {
  const counts = new Map<string, DeltaCounts>();
  const seen = new Set<string>();
  for (const topic of topics) {
    const { counted, sums } = await readDeltas(history, topic);
    counts.set(topic, counted);
    for (const [query, rows] of sums) {
      seen.add(query);
      checkSums(`${topic} of ${query}`, rows, tables.get(query), findings);
    }
  }
  // A query that no topic has anything of would be checked nowhere else.
  for (const { name } of QUERIES.filter((query) => !seen.has(query.name))) {
    checkSums(`partials of ${name}`, new Map(), tables.get(name), findings);
  }
  return counts;
}

async function readDeltas(history: CountedHistory, topic: string): Promise<{ counted: DeltaCounts; sums: DeltaSums }> {
  const sums = new Map<string, Map<string, number[]>>();
  const counted = new Map<number, Map<string, number>>();
  await history.read(topic, (record) => {
    const delta = readDelta(record);
    if (delta === undefined) return;
    const [, , query, group, startMs, measures] = delta;
    const counts = counted.get(record.partition) ?? new Map<string, number>();
    counted.set(record.partition, counts.set(query, (counts.get(query) ?? 0) + 1));
    const rows = sums.get(query) ?? new Map<string, number[]>();
    sums.set(query, rows);
    const key = rowKey(group, startMs === null ? null : startMs / 1_000);
    const before = rows.get(key);
    rows.set(key, before === undefined ? [...measures] : before.map((sum, index) => sum + measures[index]!));
  });
  return { counted, sums };
}

function checkSums(
  where: string,
  rows: ReadonlyMap<string, readonly number[]>,
  table: ExpectedTable | undefined,
  findings: Findings,
): void {
  for (const [key, sums] of rows) {
    const row = table?.get(key);
    if (isPossible(row, sums)) continue;
    findings.add(
      'wrong-aggregate',
      `${where}: ${key} adds up to ${sums.join(' ')}, not ${row?.sure.join(' ') ?? 'nothing'}`,
    );
  }
  for (const [key, row] of table ?? []) {
    if (isNeeded(row) && !rows.has(key)) findings.add('wrong-aggregate', `${where}: ${key} is missing`);
  }
}

/** undefined for a promise. @throws Error for a record that is neither */
function readDelta(record: HistoryRecord): Delta | undefined {
  const fields = JSON.parse(record.value?.toString() ?? 'null') as Delta | readonly [number, 'p'] | null;
  if (fields?.[0] !== 1) throw new Error(`${at(record)} is nothing that this checker knows`);
  return fields[1] === 'd' ? (fields as Delta) : undefined;
}
