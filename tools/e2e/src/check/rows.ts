import type { KafkaRecord } from '../kcat/read-topic.ts';

/** A row as its JSON fields. */
export type Row = Readonly<Record<string, string | number>>;

/** Fields that identify a row of each result topic (not always the record key). */
export const ROW_IDENTITY = {
  'sales-summary': ['region'],
  'window-sales': ['product', 'window_start'],
  'user-interests': ['user_id', 'category', 'window_start'],
  recommendations: ['item_id', 'category', 'window_start'],
} as const satisfies Record<string, readonly string[]>;

export type ResultTopic = keyof typeof ROW_IDENTITY;

/** A field of each that only grows while events are added: by it one sees an emission that was repeated or went back. */
const GROWING_FIELD: Readonly<Record<ResultTopic, string>> = {
  'sales-summary': 'order_count',
  'window-sales': 'window_orders',
  'user-interests': 'interest_score',
  recommendations: 'popularity_score',
};

/** Emitted as a whole table at each trigger, so that unchanged rows come again. */
const COMPLETE_MODE: ReadonlySet<ResultTopic> = new Set(['sales-summary']);

/** Text that identifies a row. */
export function rowId(topic: ResultTopic, row: Row): string {
  return ROW_IDENTITY[topic].map((field) => row[field]).join(' | ');
}

/** The last of each row. */
export function lastRows(topic: ResultTopic, rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [rowId(topic, row), row])).values()];
}

/** The row's text, whatever the order of its fields. */
function canonical(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is wrong with the records of a result topic, in words; nothing when every row's last record is as expected. */
export function rowFaults(topic: ResultTopic, expected: readonly Row[], records: readonly KafkaRecord[]): string[] {
  const last = new Map<string, Row>();
  const partitions = new Map<string, number>();
  const faults: string[] = [];
  for (const { partition, value } of records) {
    const row = JSON.parse(value?.toString() ?? 'null') as Row;
    const id = rowId(topic, row);
    const fault = stepFault(topic, last.get(id), row);
    if (fault !== undefined) faults.push(`${id}: ${fault}`);
    if ((partitions.get(id) ?? partition) !== partition) faults.push(`${id}: in two partitions`);
    partitions.set(id, partition);
    last.set(id, row);
  }
  return [...faults, ...finalFaults(topic, expected, last)];
}

/** From one record of a row to its next: a row that did not change is not emitted again, and counts never go back. */
function stepFault(topic: ResultTopic, before: Row | undefined, row: Row): string | undefined {
  if (before === undefined) return undefined;
  const field = GROWING_FIELD[topic];
  const [from, to] = [before[field] as number, row[field] as number];
  const grows = COMPLETE_MODE.has(topic) ? to >= from : to > from;
  return grows ? undefined : `${field} from ${from} to ${to}`;
}

function finalFaults(topic: ResultTopic, expected: readonly Row[], last: ReadonlyMap<string, Row>): string[] {
  const wanted = new Map(expected.map((row) => [rowId(topic, row), row]));
  const faults = [...last.keys()].filter((id) => !wanted.has(id)).map((id) => `${id}: not expected`);
  for (const [id, row] of wanted) {
    const found = last.get(id);
    if (found === undefined) faults.push(`${id}: missing`);
    else if (canonical(found) !== canonical(row)) faults.push(`${id}: ${canonical(found)}, not ${canonical(row)}`);
  }
  return faults;
}
