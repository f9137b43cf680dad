import {
  aggregate,
  defineTopology,
  type LogRecord,
  mapStage,
  ok,
  type OutputMode,
  query,
  type RecordSource,
  repartition,
  repartitioned,
  type Sink,
  skip,
  type Stage,
  stepError,
  type StepResult,
  type TopicSource,
  type Topology,
} from '@tidemark/stream';
import { count, slidingWindow, sum, type WindowSpec, windowStarts } from '@tidemark/window-state';
import type { Cluster, StartOptions } from './cluster.ts';

/** A visit of a page; what test inputs hold. */
export interface Visit {
  readonly id: string;
  readonly page: string;
  readonly timeMs: number;
  readonly ms: number;
}

/** Input, what the cleaner makes of it, and the counter's two results. */
export const TOPICS = { visits: 2, cleaned: 3, windows: 2, totals: 1, 'error-events': 1, 'late-events': 1 };
export const WINDOW = slidingWindow({ sizeMs: 60_000, slideMs: 30_000 });
export const EPOCH_MS = Date.UTC(2026, 5, 1);

function readVisit({ value }: LogRecord): StepResult<Visit> {
  const visit = JSON.parse(value!.toString()) as Visit;
  if (visit.page === 'bad') return stepError('bad_visit', visit.id);
  return visit.page === 'none' ? skip('no page') : ok(visit);
}

const cleaned: Sink<Visit> = { topic: 'cleaned', key: ({ id }) => id, encode: (visit) => JSON.stringify(visit) };

export function topicSource(...subscribe: string[]): TopicSource {
  return { kind: 'topics', subscribe, startingOffsets: 'earliest' };
}

/** visits → cleaned. */
export function cleaner(source: TopicSource = topicSource('visits')): Topology {
  const clean = mapStage({
    name: 'clean',
    source,
    step: readVisit,
    eventTimeMs: (visit) => visit.timeMs,
    sinks: [cleaned],
  });
  return defineTopology({ worker: 'cleaner', stages: [clean] });
}

export interface CounterOptions {
  readonly source?: RecordSource;
  readonly mode?: OutputMode;
  readonly everyMs?: number;
  readonly delayMs?: number;
}

/** cleaned → visits per page and window, and per page in all. */
export function counter(options: CounterOptions = {}): Topology {
  return defineTopology({ worker: 'counter', stages: counterStages(options) });
}

/** visits → the same, by way of another number of partitions, by page or evenly. */
export function spreadCounter(partitions: number, byPage: boolean): Topology {
  const spread = repartition<Visit>({
    name: 'spread',
    source: topicSource('visits'),
    step: readVisit,
    eventTimeMs: (visit) => visit.timeMs,
    maxFutureMs: Infinity,
    partitions,
    ...(byPage && { key: ({ page }) => page }),
  });
  return defineTopology({
    worker: 'counter',
    stages: [spread, ...counterStages({ source: repartitioned('spread') })],
  });
}

function counterStages({
  source = topicSource('cleaned'),
  mode = 'update',
  everyMs = 0,
  delayMs = 0,
}: CounterOptions): readonly Stage[] {
  const groupBy = { page: ({ page }: Visit) => page };
  const measures = { visits: count<Visit>(), ms: sum(({ ms }: Visit) => ms) };
  const result = <T extends { page: string }>(topic: string): Sink<T> => {
    return { topic, key: ({ page }) => page, encode: (row) => JSON.stringify(row) };
  };
  const shared = { groupBy, measures, everyMs };
  return aggregate<Visit>({
    source,
    step: readVisit,
    eventTimeMs: (visit) => visit.timeMs,
    maxFutureMs: Infinity,
    queries: [
      query<Visit, 'page', 'visits' | 'ms', WindowSpec>({ ...shared, name: 'windows', window: WINDOW, watermarkDelayMs: delayMs, mode, sink: result('windows') }), // prettier-ignore
      query<Visit, 'page', 'visits' | 'ms'>({ ...shared, name: 'totals', mode: 'complete', sink: result('totals') }),
    ],
  });
}

/** Frontiers of the cleaner travel with what it writes. */
export const CHAIN: StartOptions = { upstreamOf: (topic) => (topic === 'cleaned' ? 'cleaner/clean' : undefined) };

export interface FeedOptions {
  readonly topic?: string;
  /** In turn. */
  readonly pages?: readonly string[];
}

/** Appends visits to one partition, a minute of event time apart, the first of them `from` minutes after the first of all. */
export function feedByMinute(
  cluster: Cluster,
  partition: number,
  from: number,
  count: number,
  { topic = 'visits', pages = ['page 0', 'page 1', 'page 2'] }: FeedOptions = {},
): Visit[] {
  const visits = Array.from({ length: count }, (_, index): Visit => {
    const id = from + index;
    const page = pages[id % pages.length]!;
    return { id: `${topic}${partition}-${id}`, page, timeMs: EPOCH_MS + id * 60_000, ms: id };
  });
  cluster.append(topic, partition, visits);
  return visits;
}

export interface ResultRow {
  readonly page: string;
  readonly visits: number;
  readonly ms: number;
  readonly windowStartMs?: number;
}

export function rowKey({ page, windowStartMs }: ResultRow): string {
  return windowStartMs === undefined ? page : `${page} ${windowStartMs}`;
}

/** The last value of each row of a topic, as `visits/ms`. */
export function lastRows(cluster: Cluster, topic: string): Map<string, string> {
  return new Map(cluster.values<ResultRow>(topic).map((row) => [rowKey(row), `${row.visits}/${row.ms}`]));
}

/** What must be in `windows` and `totals` when nothing is late: the fold of all input. */
export function expectedRows(visits: readonly Visit[]): { windows: Map<string, string>; totals: Map<string, string> } {
  const sums = { windows: new Map<string, [number, number]>(), totals: new Map<string, [number, number]>() };
  const add = (rows: Map<string, [number, number]>, key: string, ms: number) => {
    const [visits, total] = rows.get(key) ?? [0, 0];
    rows.set(key, [visits + 1, total + ms]);
  };
  for (const { page, timeMs, ms } of good(visits)) {
    add(sums.totals, page, ms);
    for (const start of windowStarts(WINDOW, timeMs)) add(sums.windows, `${page} ${start}`, ms);
  }
  const text = (rows: Map<string, [number, number]>) => new Map([...rows].map(([key, [n, ms]]) => [key, `${n}/${ms}`]));
  return { windows: text(sums.windows), totals: text(sums.totals) };
}

/** Those that are neither skipped nor errors. */
export function good(visits: readonly Visit[]): Visit[] {
  return visits.filter(({ page }) => page !== 'bad' && page !== 'none');
}
