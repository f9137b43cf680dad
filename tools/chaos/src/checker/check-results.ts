import type { Findings } from './anomalies.ts';
import type { ExpectedTable } from './expected-table.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';
import { type CheckedQuery, rowKey } from './queries.ts';

/** What the checks of results and state need to know of a query. */
export type ResultQuery = Omit<CheckedQuery<never>, 'group' | 'measures'>;

/** Last emitted values of a query's rows, by `rowKey`. */
export type Emitted = ReadonlyMap<string, readonly number[]>;

/** The last value of each row has to be what the input makes; on the way there, no value may be below an earlier one. */
export async function checkResults(
  history: CountedHistory,
  query: ResultQuery,
  table: ExpectedTable,
  findings: Findings,
): Promise<Emitted> {
  const emitted = new Map<string, readonly number[]>();
  await history.read(query.topic, (record) => {
    const { key, values } = readRow(query, record);
    const before = emitted.get(key);
    // The first value of each topic is a sum over events, which only grows.
    if (before !== undefined && values[0]! < before[0]!) {
      findings.add('nonmonotonic-send', `${at(record)}: ${key} went from ${before.join(' ')} to ${values.join(' ')}`);
    }
    emitted.set(key, values);
  });
  for (const [key, row] of table) checkRow(query, key, row, emitted.get(key), findings);
  for (const [key, values] of emitted) {
    if (!table.has(key)) findings.add('G1a', `${query.topic}: ${key} has ${values.join(' ')}, without any event`);
  }
  return emitted;
}

function checkRow(
  { topic, emits }: ResultQuery,
  key: string,
  { sure, maybe }: { readonly sure: readonly number[]; readonly maybe: readonly number[] },
  values: readonly number[] | undefined,
  findings: Findings,
): void {
  const least = emits(sure);
  const most = emits(sure.map((measure, index) => measure + maybe[index]!));
  if (most === undefined && values === undefined) return;
  const isRight =
    values === undefined
      ? least === undefined
      : values.every((value, index) => value >= (least?.[index] ?? 0) && value <= (most?.[index] ?? -1));
  if (!isRight) {
    const text = `${topic}: ${key} is ${values?.join(' ') ?? 'missing'}, not ${most?.join(' ') ?? 'without emission'}`;
    findings.add('wrong-aggregate', text);
  }
}

/** @throws Error for a record that is no row of the topic: nothing of it could be checked */
function readRow(query: ResultQuery, record: HistoryRecord): { key: string; values: number[] } {
  const fields = JSON.parse(record.value?.toString() ?? 'null') as Record<string, string | number> | null;
  if (fields === null) throw new Error(`${at(record)} is no row of ${query.topic}`);
  const start = fields['window_start'];
  const startS = start === undefined ? null : Date.parse(String(start)) / 1_000;
  const group = query.groupFields.map((field) => String(fields[field]));
  return { key: rowKey(group, startS), values: query.valueFields.map((field) => Number(fields[field])) };
}
