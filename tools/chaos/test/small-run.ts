import { createHash } from 'node:crypto';
import { processedDataText, processedEventText, readValidBehavior, readValidSale } from '../src/checker/events.ts';
import type { Checkpoints, History, HistoryRecord } from '../src/checker/history.ts';
import { BEHAVIOR_QUERIES, type CheckedQuery, SALES_QUERIES, windowStarts } from '../src/checker/queries.ts';

/** A record that a test may change. */
export type Planted = { -readonly [field in keyof HistoryRecord]: HistoryRecord[field] };

/** What a faultless run of the pipeline leaves behind, small enough to be changed by hand. */
export interface SmallRun {
  readonly topics: Map<string, Planted[]>;
  readonly redis: Map<string, Map<string, string>>;
  readonly openPartitions: string[];
  readonly history: History;
  readonly checkpoints: Checkpoints;
  /** The records of a topic. */
  of(topic: string): Planted[];
}

/** Event time of the first event, epoch s; a whole number of hours. */
export const START_S = 1_767_225_600;
const RECEIVED_MS = (START_S + 100_000) * 1_000;
const SALES = 24;
const PARTITIONS = 2;

/** Runs all events through a pipeline of plain loops. */
export function smallRun(): SmallRun {
  const run = emptyRun();
  for (let number = 0; number < SALES; number++) {
    append(run, 'sales-events', number % PARTITIONS, null, saleText(number), { n: String(2 * number) });
    append(run, 'user-behavior', number % PARTITIONS, null, behaviorText(number), { n: String(2 * number + 1) });
  }
  parse(run);
  route(run);
  for (const query of SALES_QUERIES) aggregate(run, query, salesOf(run));
  for (const query of BEHAVIOR_QUERIES) aggregate(run, query, behaviorOf(run));
  return run;
}

function emptyRun(): SmallRun {
  const topics = new Map<string, Planted[]>();
  const redis = new Map<string, Map<string, string>>();
  const openPartitions: string[] = [];
  for (const topic of ['late-events', 'tidemark.manifests']) topics.set(topic, []);
  return {
    topics,
    redis,
    openPartitions,
    of: (topic) => topics.get(topic)!,
    history: {
      topics: async () => [...topics.keys()],
      read: async (topic, onRecord) => topics.get(topic)?.forEach(onRecord),
      openPartitions: async () => openPartitions,
    },
    checkpoints: {
      keys: async () => [...redis.keys()],
      read: async (key) => redis.get(key)!,
    },
  };
}

function append(
  run: SmallRun,
  topic: string,
  partition: number,
  key: string | null,
  value: string | null,
  headers: Record<string, string> = {},
): Planted {
  const records = run.topics.get(topic) ?? [];
  run.topics.set(topic, records);
  const offset = records.filter((record) => record.partition === partition).length;
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));
  const record = { topic, partition, offset, timestampMs: RECEIVED_MS, key: bytes(key), value: bytes(value), headers };
  records.push(record);
  return record;
}

/** Every eighth is none, the last of all is two hours late; half a minute of event time lies between the others. */
function saleText(number: number): string {
  const timestamp = START_S + (number === SALES - 1 ? -7_200 : number * 30);
  const sale = { event_id: `event_${number}`, timestamp, product: 'watch', price: 10 + number, quantity: 1 };
  return number % 8 === 7 && number < SALES - 1 ? '{"cut":' : JSON.stringify({ ...sale, region: 'North' });
}

function behaviorText(number: number): string {
  const timestamp = START_S + (number === SALES - 1 ? -18_000 : number * 60);
  const action = number % 3 === 0 ? 'purchase' : 'view';
  return JSON.stringify({ user_id: 'u', item_id: 'i', action, timestamp, category: 'books' });
}

function parse(run: SmallRun): void {
  const commits = new Map<number, number>();
  for (const record of run.of('sales-events')) {
    const sale = readValidSale(record.value);
    if (sale === undefined) {
      refuse(run, record);
    } else {
      append(run, 'processed-events', 0, sale.eventId, processedEventText(sale));
      append(run, 'processed-data', 0, sale.eventId, processedDataText(sale));
    }
    commits.set(record.partition, (commits.get(record.partition) ?? 0) + 1);
  }
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const read = run.of('sales-events').filter((record) => record.partition === partition);
    const error = read.filter(({ value }) => readValidSale(value) === undefined).length;
    const tallies = { parse: tally(read.length, { error }) };
    commit(run, { application: 'parser', stage: 'parse', partition }, 1, { 'sales-events': 0 }, {});
    commit(run, { application: 'parser', stage: 'parse', partition }, 2, { 'sales-events': read.length }, tallies);
  }
}

function refuse(run: SmallRun, { topic, partition, offset, value }: Planted): void {
  const payload_sha256 = createHash('sha256').update(value!).digest('hex');
  const error = JSON.stringify({ source: { topic, partition, offset }, payload_sha256 });
  append(run, 'error-events', 0, 'error', error);
  const source = { 'tidemark-source': `${topic}/${partition}/${offset}` };
  append(run, 'dead-letters', 0, null, value!.toString(), source);
}

/** What the error router leaves behind beside the dead letters. */
function route(run: SmallRun): void {
  const read = run.of('error-events').length;
  const task = { application: 'error-router', stage: 'route', partition: 0 };
  commit(run, task, 1, { 'error-events': read }, { route: tally(read) });
}

function tally(read: number, { late = 0, error = 0, skipped = 0 } = {}) {
  return { read, ok: read - late - error - skipped, skipped, late, error };
}

interface Task {
  readonly application: string;
  readonly stage: string;
  readonly partition: number;
}

function commit(
  run: SmallRun,
  { application, stage, partition }: Task,
  version: number,
  inputs: Record<string, number>,
  tallies: object,
  rows: ReadonlyMap<string, string> = new Map(),
): void {
  const topic = `tidemark.${application}.${stage}.changelog`;
  for (const [id, text] of rows) append(run, topic, partition, `row:${id}`, text);
  const position = JSON.stringify({ schema: 1, incarnation: 'first', version, inputs, tallies });
  append(run, topic, partition, 'position', position);
  const meta = { 'm:incarnation': 'first', 'm:version': String(version), 'm:position': position };
  const fields = new Map([...Object.entries(meta), ...[...rows].map(([id, text]) => [`r:${id}`, text] as const)]);
  run.redis.set(`tidemark:{${application}}:${application}/${stage}/${partition}`, fields);
}

interface Arrived<E> {
  readonly record: Planted;
  readonly event: E;
}

/** The sales as they stand in processed-events. */
function salesOf(run: SmallRun) {
  const byId = new Map(
    run.of('sales-events').map(({ value }) => [readValidSale(value)?.eventId, readValidSale(value)]),
  );
  return run.of('processed-events').map((record) => ({ record, event: byId.get(record.key!.toString())! }));
}

function behaviorOf(run: SmallRun) {
  return run.of('user-behavior').map((record) => ({ record, event: readValidBehavior(record.value)! }));
}

/** Sums up, emits each row twice (once on the way), and leaves every row in the state. */
function aggregate<E extends { readonly timestampS: number }>(
  run: SmallRun,
  query: CheckedQuery<E>,
  arrived: readonly Arrived<E>[],
): void {
  const { application, input, name } = query;
  const partials = `tidemark.${application}.${name}.partials`;
  const sums = new Map<string, { group: readonly string[]; startS: number | null; measures: number[] }>();
  const counted = new Map<number, { read: number; late: number; skipped: number }>();
  let deltas = 0;
  for (const { record, event } of arrived) {
    const counts = counted.get(record.partition) ?? { read: 0, late: 0, skipped: 0 };
    counted.set(record.partition, counts);
    counts.read += 1;
    const measures = query.measures(event);
    if (measures === undefined) counts.skipped += 1;
    else if (query.windows !== undefined && event.timestampS < START_S) {
      counts.late += 1;
      const source = { 'tidemark-source': `${input}/${record.partition}/${record.offset}`, 'tidemark-query': name };
      append(run, 'late-events', 0, null, record.value!.toString(), source);
    } else {
      const starts = query.windows === undefined ? [null] : windowStarts(query.windows, event.timestampS);
      for (const startS of starts) {
        const group = query.group(event);
        const startMs = startS === null ? null : startS * 1_000;
        append(run, partials, 0, null, JSON.stringify([1, 'd', name, group, startMs, measures]));
        deltas += 1;
        const id = `${group.join()} ${startS}`;
        const row = sums.get(id) ?? { group, startS, measures: measures.map(() => 0) };
        sums.set(id, row);
        row.measures = row.measures.map((sum, index) => sum + measures[index]!);
        emit(run, query, row);
      }
    }
  }
  for (const [partition, { read, late, skipped }] of counted) {
    const task = { application, stage: `${name}-combine`, partition };
    commit(run, task, 1, { [input]: read }, { [name]: tally(read, { late, skipped }) });
  }
  const rows = [...sums].map(([id, { group, startS, measures }]) => {
    const text = JSON.stringify([1, name, group, startS === null ? null : startS * 1_000, measures, 1]);
    return [`${name}|${id}`, text] as const;
  });
  const task = { application, stage: `${name}-merge`, partition: 0 };
  commit(run, task, 1, { [partials]: deltas }, { [name]: tally(deltas) }, new Map(rows));
}

function emit<E>(
  run: SmallRun,
  { topic, emits, groupFields, valueFields }: CheckedQuery<E>,
  row: { group: readonly string[]; startS: number | null; measures: readonly number[] },
): void {
  const values = emits(row.measures);
  if (values === undefined) return;
  const fields = [
    ...groupFields.map((field, index) => [field, row.group[index]]),
    ...(row.startS === null ? [] : [['window_start', new Date(row.startS * 1_000).toISOString()]]),
    ...valueFields.map((field, index) => [field, values[index]]),
  ];
  append(run, topic, 0, null, JSON.stringify(Object.fromEntries(fields)));
}
