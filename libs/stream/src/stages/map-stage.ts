import type { Step, ThrowPolicy } from '../steps/step-result.ts';
import { addTallies, emptyTally } from '../task/tally.ts';
import type { Emit, StageLogic, TaskContext, TaskInput, TaskTurn, TaskView } from '../task/stage-logic.ts';
import type { RecordSource, Stage } from '../topology/topology.ts';
import { topics } from '@tidemark/schemas';
import { addLabels, countLabel } from './labels.ts';
import { advanceEventTime, announces, eventTimeFields } from './event-time.ts';
import { advanceInputs, takeIn } from './intake.ts';
import { inPart, type MapOutputs, outputsOf } from './map-outputs.ts';

const NO_ROWS: TaskTurn['rows'] = new Map();
const NO_EVENT_TIMES: ReadonlyMap<string, number> = new Map();

/** A stage that turns each record into records, with no state but its position. */
export interface MapStageOptions<T> extends MapOutputs<T> {
  readonly name: string;
  readonly source: RecordSource;
  readonly step: Step<T>;
  /** Event time of a value, epoch ms; leave out where records have none. */
  readonly eventTimeMs?: (value: T) => number;
  /** Default Infinity: no record is from the future. */
  readonly maxFutureMs?: number;
  /** Default `route`. */
  readonly throwPolicy?: ThrowPolicy;
  /** Counts values by a label of low cardinality. */
  readonly label?: (value: T) => string;
  readonly lookup?: Stage['lookup'];
}

export function mapStage<T>(options: MapStageOptions<T>): Stage {
  const written = [...options.sinks.map((sink) => sink.topic), ...(options.forward?.topics ?? [])];
  return {
    name: options.name,
    source: options.source,
    hasEventTime: options.eventTimeMs !== undefined,
    triggers: [],
    outputs: () => [...new Set([...written, topics.errorEvents.topic])],
    describe: { kind: 'map', sinks: written },
    logic: (context) => mapLogic(context, options),
    lookup: options.lookup,
  };
}

function mapLogic<T>(context: TaskContext, options: MapStageOptions<T>): StageLogic {
  const intake = {
    step: options.step,
    eventTimeMs: options.eventTimeMs,
    maxFutureMs: options.maxFutureMs ?? Infinity,
    throwPolicy: options.throwPolicy ?? 'route',
  };
  return { turn: (view, input, emit) => mapTurn(context, options, intake, view, input, emit) };
}

function mapTurn<T>(
  context: TaskContext,
  options: MapStageOptions<T>,
  intake: Parameters<typeof takeIn<T>>[1],
  { position }: TaskView,
  input: TaskInput,
  emit: Emit,
): TaskTurn {
  const version = position.version + 1;
  const labels = new Map<string, number>();
  const { label: labelOf } = options;
  const taken = takeIn(context, intake, input, version, (record, value) => {
    // All of a record's outputs or none: what one sink made of a record that another one cannot take is not written.
    const outputs = outputsOf(options, context, record, value, input.lookups.get(record));
    if (labelOf !== undefined)
      countLabel(
        labels,
        inPart('label', () => labelOf(value)),
      );
    for (const output of outputs) emit(output);
  });
  taken.errorOutputs.forEach(emit);
  for (const [label, count] of taken.labels) countLabel(labels, label, count);

  const inputs = advanceInputs(position.inputs, input.batches);
  const time = advanceEventTime(context, position, input, inputs, eventTimeOf(options, taken.maxEventTimeMs));
  const announcesFrontier =
    announces(position, time) && (options.eventTimeMs !== undefined || time.done || position.done);
  const { read, ok, skipped, error } = taken;
  const tallies = { [options.name]: { ...emptyTally(), read, ok, skipped, error } };
  return {
    rows: NO_ROWS,
    position: {
      ...position,
      version,
      inputs,
      ...eventTimeFields(time),
      tallies: read === 0 ? position.tallies : addTallies(position.tallies, tallies),
      labels: addLabels(position.labels, labels),
    },
    announcesFrontier,
    isWorthCommitting: read > 0 || announcesFrontier,
    isLast: time.done,
    consumedFrontiers: time.consumed,
    tallies,
  };
}

function eventTimeOf<T>(
  options: MapStageOptions<T>,
  maxEventTimeMs: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return options.eventTimeMs === undefined ? NO_EVENT_TIMES : maxEventTimeMs;
}
