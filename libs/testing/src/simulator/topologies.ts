import {
  aggregate,
  defineTopology,
  type LogRecord,
  mapStage,
  ok,
  query,
  repartition,
  repartitioned,
  type Sink,
  skip,
  type Stage,
  type Step,
  stepError,
  type TopicSource,
  type Topology,
} from '@tidemark/stream';
import { count, slidingWindow, sum, type WindowSpec } from '@tidemark/window-state';
import { eventTopicsOf, hasIdleness, MOST_MASKED, type Parameters } from './parameters.ts';
import type { Visit } from './visits.ts';

export const CLEANER = 'cleaner';
export const COUNTER = 'counter';
/** Cleans the calls, in runs in which the cleaner does not. */
export const ANSWERER = 'answerer';
/** The stage that spreads what the aggregator reads. */
export const SPREAD = 'spread';
/** The stage that sorts what the cleaner reads. */
export const SORT = 'sort';
/** The stage that cleans, of the cleaner and of the answerer. */
export const CLEAN = 'clean';

const readVisit: Step<Visit> = ({ value }: LogRecord) => {
  const visit = JSON.parse(value!.toString()) as Visit;
  if (visit.page === 'bad') return stepError('bad_visit', `visit ${visit.id}`);
  return visit.page === 'none' ? skip('no page') : ok(visit);
};

/** Some values pass the step, and a later part of the topology throws at them. */
function refuseTorn<T>(read: (visit: Visit) => T): (visit: Visit) => T {
  return (visit) => {
    if (visit.page === 'torn') throw new Error(`visit ${visit.id}`);
    return read(visit);
  };
}

const pageOf = refuseTorn(({ page }) => page);

/** Good events run ahead of the model's clock by minutes, bad clocks by a year. */
const MAX_FUTURE_MS = 30 * 86_400_000;

/** The five minutes of the default are enough for some: then nothing is said of it. */
function maxFuture(parameters: Parameters): { readonly maxFutureMs?: number } {
  const { events, gapMs } = parameters;
  const most = hasIdleness(parameters) ? MOST_MASKED : events;
  return most * gapMs < 300_000 ? {} : { maxFutureMs: MAX_FUTURE_MS };
}

const eventTimeMs = ({ timeMs }: Visit): number => timeMs;

/** The workers of a run, in the order of the flow: visits → cleaned, perhaps calls → answered, → windows and totals. */
export function createTopologies(parameters: Parameters): readonly Topology[] {
  const counter = createCounter(parameters);
  if (!parameters.isChain) return [counter];
  const answerers = parameters.answerer === undefined ? [] : [createAnswerer(parameters)];
  return [createCleaner(parameters), ...answerers, counter];
}

/** The stage whose frontiers the reader of this topic waits for; undefined: none, it is an input like any other. */
export function upstreamOf(topic: string, { sorts }: Parameters): string | undefined {
  if (topic === 'answered') return `${ANSWERER}/${CLEAN}`;
  return topic === 'cleaned' && sorts === 0 ? `${CLEANER}/${CLEAN}` : undefined;
}

function createCleaner(parameters: Parameters): Topology {
  const source = from(eventTopicsOf('first worker', parameters));
  const shared = cleanInto('cleaned');
  const { sorts: partitions } = parameters;
  if (partitions === 0) {
    const clean = mapStage({ ...shared, source, eventTimeMs, maxFutureMs: MAX_FUTURE_MS });
    return defineTopology({ worker: CLEANER, stages: [clean] });
  }
  const sort = repartition({ name: SORT, source, step: readVisit, key: pageOf, partitions });
  return defineTopology({ worker: CLEANER, stages: [sort, mapStage({ ...shared, source: repartitioned(SORT) })] });
}

function createAnswerer(parameters: Parameters): Topology {
  const source = from(eventTopicsOf('answerer', parameters));
  const clean = mapStage({ ...cleanInto('answered'), source, eventTimeMs, maxFutureMs: MAX_FUTURE_MS });
  return defineTopology({ worker: ANSWERER, stages: [clean] });
}

function cleanInto(topic: string) {
  const sink: Sink<Visit> = { topic, key: ({ page }) => page, encode: (visit) => JSON.stringify(visit) };
  return { name: CLEAN, step: readVisit, sinks: [sink], label: pageOf };
}

/** What the aggregator reads: the visits, perhaps some partitions only, or what was cleaned of them. */
function counterSource(parameters: Parameters): TopicSource {
  const { isChain, assigned, answerer } = parameters;
  if (assigned !== undefined) return { kind: 'topics', assign: { visits: assigned }, startingOffsets: 'earliest' };
  const cleaned = [...(isChain ? ['cleaned'] : []), ...(answerer !== undefined ? ['answered'] : [])];
  return from([...cleaned, ...eventTopicsOf('counter', parameters)]);
}

function createSpread(parameters: Parameters): Stage {
  const { spread: partitions, spreadsByPage } = parameters;
  const step: Step<Visit> = (record) => {
    const read = readVisit(record);
    if (read.kind === 'ok') pageOf(read.value);
    return read;
  };
  const source = counterSource(parameters);
  const shared = { name: SPREAD, source, step, eventTimeMs, ...maxFuture(parameters), partitions };
  return repartition(spreadsByPage ? { ...shared, key: pageOf } : shared);
}

function createCounter(parameters: Parameters): Topology {
  const { spread, windowed, everyMs } = parameters;
  const shared = {
    groupBy: { page: ({ page }: Visit) => page },
    measures: {
      visits: count<Visit>(),
      amount: sum<Visit>((visit) => visit.amount),
      mask: sum<Visit>((visit) => visit.mask),
    },
    everyMs,
  };
  const stages = aggregate<Visit>({
    source: spread > 0 ? repartitioned(SPREAD) : counterSource(parameters),
    step: readVisit,
    eventTimeMs,
    ...maxFuture(parameters),
    queries: [
      ...windowed.map(({ name, mode, windowSizeMs, slideMs, delayMs, closesWhenIdle }) => {
        const window = slidingWindow({ sizeMs: windowSizeMs, slideMs });
        return query<Visit, 'page', 'visits' | 'amount' | 'mask', WindowSpec>({ ...shared, name, window, watermarkDelayMs: delayMs, closesWhenIdle, mode, sink: results(name) }); // prettier-ignore
      }),
      // Behind the others: what it refuses they have counted.
      query<Visit, 'page', 'visits' | 'amount' | 'mask'>({ ...shared, groupBy: { page: pageOf }, name: 'totals', mode: 'complete', sink: results('totals') }), // prettier-ignore
    ],
  });
  const before = spread > 0 ? [createSpread(parameters)] : [];
  return defineTopology({ worker: COUNTER, stages: [...before, ...stages] });
}

function from(topics: readonly string[]): TopicSource {
  return { kind: 'topics', subscribe: topics, startingOffsets: 'earliest' };
}

function results<T extends { page: string }>(topic: string): Sink<T> {
  return { topic, key: ({ page }) => page, encode: (row) => JSON.stringify(row) };
}
