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
import { eventTopicsOf, type Parameters } from './parameters.ts';
import type { Visit } from './visits.ts';

export const CLEANER = 'cleaner';
export const COUNTER = 'counter';
/** The stage that spreads what the aggregator reads. */
export const SPREAD = 'spread';
/** Stage whose frontiers the counter waits for in a chain. */
export const CLEAN_STAGE = `${CLEANER}/clean`;

const readVisit: Step<Visit> = ({ value }: LogRecord) => {
  const visit = JSON.parse(value!.toString()) as Visit;
  if (visit.page === 'bad') return stepError('bad_visit', `visit ${visit.id}`);
  return visit.page === 'none' ? skip('no page') : ok(visit);
};

/** Good events run ahead of the model's clock by minutes, bad clocks by a year. */
const MAX_FUTURE_MS = 30 * 86_400_000;

const eventTimeMs = ({ timeMs }: Visit): number => timeMs;

/** The workers of a run, in the order of the flow: visits → cleaned → windows and totals. */
export function createTopologies(parameters: Parameters): readonly Topology[] {
  const counter = createCounter(parameters);
  return parameters.isChain ? [createCleaner(parameters), counter] : [counter];
}

function createCleaner(parameters: Parameters): Topology {
  const cleaned: Sink<Visit> = { topic: 'cleaned', key: ({ page }) => page, encode: (visit) => JSON.stringify(visit) };
  const clean = mapStage({
    name: 'clean',
    source: from(eventTopicsOf('first worker', parameters)),
    step: readVisit,
    eventTimeMs,
    maxFutureMs: MAX_FUTURE_MS,
    sinks: [cleaned],
  });
  return defineTopology({ worker: CLEANER, stages: [clean] });
}

/** What the aggregator reads: the visits, perhaps some partitions only, or what was cleaned of them. */
function counterSource(parameters: Parameters): TopicSource {
  const { isChain, assigned } = parameters;
  if (assigned !== undefined) return { kind: 'topics', assign: { visits: assigned }, startingOffsets: 'earliest' };
  return from([...(isChain ? ['cleaned'] : []), ...eventTopicsOf('counter', parameters)]);
}

function spreadOver(source: TopicSource, partitions: number): Stage {
  return repartition({ name: SPREAD, source, step: readVisit, eventTimeMs, maxFutureMs: MAX_FUTURE_MS, partitions });
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
    maxFutureMs: MAX_FUTURE_MS,
    queries: [
      ...windowed.map(({ name, mode, windowSizeMs, slideMs, delayMs }) => {
        const window = slidingWindow({ sizeMs: windowSizeMs, slideMs });
        return query<Visit, 'page', 'visits' | 'amount' | 'mask', WindowSpec>({ ...shared, name, window, watermarkDelayMs: delayMs, mode, sink: results(name) }); // prettier-ignore
      }),
      query<Visit, 'page', 'visits' | 'amount' | 'mask'>({ ...shared, name: 'totals', mode: 'complete', sink: results('totals') }), // prettier-ignore
    ],
  });
  const before = spread > 0 ? [spreadOver(counterSource(parameters), spread)] : [];
  return defineTopology({ worker: COUNTER, stages: [...before, ...stages] });
}

function from(topics: readonly string[]): TopicSource {
  return { kind: 'topics', subscribe: topics, startingOffsets: 'earliest' };
}

function results<T extends { page: string }>(topic: string): Sink<T> {
  return { topic, key: ({ page }) => page, encode: (row) => JSON.stringify(row) };
}
