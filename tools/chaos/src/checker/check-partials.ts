import type { Findings } from './anomalies.ts';
import { type ExpectedTable, isPossible } from './expected-table.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';
import { rowKey } from './queries.ts';

/** What a combine task adds to a row, as the partials topic has it. */
type Delta = readonly [schema: number, kind: 'd', query: string, group: string[], startMs: number | null, number[]];

/** How many deltas each partition of a partials topic has; the tasks behind it must have read as many. */
export type DeltaCounts = ReadonlyMap<number, number>;

/** The deltas of each row must add up to what the input makes: so a fault is found on its side of the topic. */
export async function checkPartials(
  history: CountedHistory,
  topic: string,
  tables: ReadonlyMap<string, ExpectedTable>,
  findings: Findings,
): Promise<DeltaCounts> {
  const sums = new Map<string, Map<string, number[]>>();
  const counts = new Map<number, number>();
  await history.read(topic, (record) => {
    const delta = readDelta(record);
    if (delta === undefined) return;
    counts.set(record.partition, (counts.get(record.partition) ?? 0) + 1);
    const [, , query, group, startMs, measures] = delta;
    const rows = sums.get(query) ?? new Map<string, number[]>();
    sums.set(query, rows);
    const key = rowKey(group, startMs === null ? null : startMs / 1_000);
    const before = rows.get(key);
    rows.set(key, before === undefined ? [...measures] : before.map((sum, index) => sum + measures[index]!));
  });
  for (const [query, rows] of sums) checkSums(`${topic} of ${query}`, rows, tables.get(query), findings);
  return counts;
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
  for (const [key, { sure }] of table ?? []) {
    const isNeeded = sure.some((measure) => measure > 0);
    if (isNeeded && !rows.has(key)) findings.add('wrong-aggregate', `${where}: ${key} is missing`);
  }
}

/** undefined for a promise. @throws Error for a record that is neither */
function readDelta(record: HistoryRecord): Delta | undefined {
  const fields = JSON.parse(record.value?.toString() ?? 'null') as Delta | readonly [number, 'p'] | null;
  if (fields?.[0] !== 1) throw new Error(`${at(record)} is nothing that this checker knows`);
  return fields[1] === 'd' ? (fields as Delta) : undefined;
}
