import { partialsTopic, topics } from '@tidemark/schemas';
import { partitionForKey } from '../partitioning/murmur2.ts';
import type { OutputRecord } from '../ports/log.ts';
import type { Step, ThrowPolicy } from '../steps/step-result.ts';
import type { Position } from '../task/position.ts';
import type { Emit, StageLogic, TaskContext, TaskInput, TaskTurn, TaskView } from '../task/stage-logic.ts';
import { addTallies, emptyTally, type MutableTally } from '../task/tally.ts';
import type { RecordSource, Stage } from '../topology/topology.ts';
import { advanceEventTime, announces, eventTimeFields } from './event-time.ts';
import { foldBatch } from './fold-batch.ts';
import { advanceInputs, type IntakeOptions, type IntakeResult } from './intake.ts';
import { idleWatermark, nextClosingMs, nextIdleClock } from './idle-clock.ts';
import { addLabels } from './labels.ts';
import { encodePartial, promiseOutput } from './partial.ts';
import type { PartialFold } from './partial-fold.ts';
import { closedEnd, describeQuery, hasClosingWindows, type Query } from './query.ts';
import { stageRows } from './stage-rows.ts';

/** A stage that folds each batch into partial rows, one per key and window, and decides what is late. */
export interface CombineStageOptions<T> {
  readonly name: string;
  readonly source: RecordSource;
  readonly step: Step<T>;
  /** Event time of a value, epoch ms. */
  readonly eventTimeMs: (value: T) => number;
  /** A record whose event time lies further after the time it was received is an error. Default: 5 minutes. */
  readonly maxFutureMs?: number;
  /** Default `route`. */
  readonly throwPolicy?: ThrowPolicy;
  readonly queries: readonly Query<T>[];
}

/** Five minutes: one bad clock must not close everybody's windows. */
export const DEFAULT_MAX_FUTURE_MS = 300_000;

export function combineStage<T>(options: CombineStageOptions<T>): Stage {
  return {
    name: options.name,
    source: options.source,
    hasEventTime: true,
    followsIdleness: options.queries.some(({ closesWhenIdle }) => closesWhenIdle),
    triggers: [],
    outputs: (application) => [
      partialsTopic(application, options.name),
      topics.lateEvents.topic,
      topics.errorEvents.topic,
    ],
    describe: { kind: 'combine', queries: options.queries.map(describeQuery) },
    rows: stageRows('combine', options.queries),
    logic: (context) => combineLogic(context, options),
  };
}

function combineLogic<T>(context: TaskContext, options: CombineStageOptions<T>): StageLogic {
  const intake = {
    step: options.step,
    eventTimeMs: options.eventTimeMs,
    maxFutureMs: options.maxFutureMs ?? DEFAULT_MAX_FUTURE_MS,
    throwPolicy: options.throwPolicy ?? 'route',
  };
  return { turn: (view, input, emit) => combineTurn(context, options.queries, intake, view, input, emit) };
}

function combineTurn<T>(
  context: TaskContext,
  queries: readonly Query<T>[],
  intake: IntakeOptions<T>,
  { position }: TaskView,
  input: TaskInput,
  emit: Emit,
): TaskTurn {
  const version = position.version + 1;
  const { folds, lateOutputs, taken } = foldBatch(context, queries, intake, position, input);
  const inputs = advanceInputs(position.inputs, input.batches);
  const time = advanceEventTime(context, position, input, inputs, taken.maxEventTimeMs);
  const idleClock = nextIdleClock(queries, position, time, input.nowMs);
  const watermarkMs = raiseWatermarks(queries, position.watermarkMs, (query) =>
    Math.max(time.sourcesMs - query.watermarkDelayMs, idleWatermark(query, idleClock, input.nowMs)),
  );
  const fresh = folds.filter((fold) => fold.query.mode === 'complete' && !fold.isEmpty).map((fold) => fold.query.name);
  const isLast = time.done && time.allThrough;
  // A task that was started again takes back that it is done.
  const isNews = isLast || (position.done && input.isFirst);
  const promises = fresh.length > 0 || isNews || promiseMoved(queries, position, watermarkMs);
  const announcesFrontier = context.isSourceTask && announces(position, time);
  const tallies = talliesOf(folds, taken);
  partialOutputs(context, folds).forEach(emit);
  if (promises) promiseOutputs(context, queries, watermarkMs, isLast, fresh).forEach(emit);
  lateOutputs.forEach(emit);
  taken.errorOutputs.forEach(emit);
  return {
    rows: NO_ROWS,
    position: {
      ...position,
      version,
      inputs,
      ...eventTimeFields(time),
      watermarkMs,
      idleClock,
      tallies: taken.read === 0 ? position.tallies : addTallies(position.tallies, tallies),
      labels: addLabels(position.labels, taken.labels),
    },
    announcesFrontier,
    isWorthCommitting: taken.read > 0 || promises || announcesFrontier,
    isLast,
    consumedFrontiers: time.consumed,
    wakeAtMs: nextClosingMs(queries, idleClock, watermarkMs),
    tallies,
  };
}

const NO_ROWS: TaskTurn['rows'] = new Map();

/** Watermarks never go back. A query that closes nothing has one as well: it is what progress shows. */
function raiseWatermarks(
  queries: readonly Query<never>[],
  before: Position['watermarkMs'],
  watermarkOf: (query: Query<never>) => number,
): Position['watermarkMs'] {
  const after = { ...before };
  for (const query of queries) {
    const watermarkMs = Math.max(before[query.name] ?? -Infinity, watermarkOf(query));
    if (watermarkMs !== -Infinity) after[query.name] = watermarkMs;
  }
  return after;
}

/** A promise is repeated only when it says something new: another window is closed, or whether it is the last. */
function promiseMoved(
  queries: readonly Query<never>[],
  position: Position,
  watermarkMs: Position['watermarkMs'],
): boolean {
  return queries.some(
    (query) => closedEnd(query, watermarkMs[query.name]) !== closedEnd(query, position.watermarkMs[query.name]),
  );
}

function partialOutputs(context: TaskContext, folds: readonly PartialFold<never>[]): OutputRecord[] {
  const topic = partialsTopic(context.application, context.stage);
  const partitions = context.partitionsOf(topic);
  const outputs: OutputRecord[] = [];
  for (const fold of folds) {
    for (const [key, partial] of fold.partials()) {
      const value = encodePartial(partial, context.partition);
      outputs.push({ topic, partition: partitionForKey(key, partitions), key, value });
    }
  }
  return outputs;
}

function promiseOutputs(
  context: TaskContext,
  queries: readonly Query<never>[],
  watermarkMs: Position['watermarkMs'],
  done: boolean,
  fresh: readonly string[],
): OutputRecord[] {
  const topic = partialsTopic(context.application, context.stage);
  const closedEndMs: Record<string, number> = {};
  for (const query of queries) {
    const endMs = closedEnd(query, watermarkMs[query.name]);
    if (hasClosingWindows(query) && endMs !== -Infinity) closedEndMs[query.name] = endMs;
  }
  const promise = { combineTask: context.partition, closedEndMs, done, fresh };
  return Array.from({ length: context.partitionsOf(topic) }, (_, partition) =>
    promiseOutput(topic, partition, promise),
  );
}

function talliesOf(folds: readonly PartialFold<never>[], taken: IntakeResult): Record<string, MutableTally> {
  const tallies: Record<string, MutableTally> = {};
  for (const { query, skipped, late, lateWindows } of folds) {
    tallies[query.name] = {
      ...emptyTally(),
      read: taken.read,
      ok: taken.ok - skipped - late,
      skipped: taken.skipped + skipped,
      late,
      error: taken.error,
      lateWindows,
    };
  }
  return tallies;
}
