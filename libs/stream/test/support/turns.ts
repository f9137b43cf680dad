import { KeyedState } from '@tidemark/window-state';
import { type FrontierEntry, NOTHING_SAID } from '../../src/frontiers/frontier-entry.ts';
import type { LogRecord, OutputRecord, RecordBatch } from '../../src/ports/log.ts';
import { initialPosition, type Position } from '../../src/task/position.ts';
import type { StageLogic, TaskContext, TaskInput, TaskTurn } from '../../src/task/stage-logic.ts';
import type { Stage } from '../../src/topology/topology.ts';

/** Epoch ms of everything that a test does not care when it happens. */
export const NOW_MS = Date.UTC(2026, 0, 1);
export const INPUT_TOPIC = 'input';

export function taskContext(overrides: Partial<TaskContext> = {}): TaskContext {
  return {
    application: 'app',
    stage: 'stage',
    partition: 0,
    partitionsOf: () => 3,
    combineTasks: [],
    isSourceTask: true,
    upstreamInputs: new Set(),
    idleTimeoutMs: 30_000,
    ...overrides,
  };
}

export function logRecord(overrides: Partial<LogRecord> = {}): LogRecord {
  const base = { topic: INPUT_TOPIC, partition: 0, offset: 0, timestampMs: NOW_MS, key: null, value: null };
  return { ...base, headers: {}, ...overrides };
}

/** A batch of JSON values from `startOffset` on. */
export function batchOf(
  values: readonly unknown[],
  startOffset = 0,
  overrides: Partial<LogRecord> = {},
): RecordBatch & { readonly records: readonly LogRecord[] } {
  const records = values.map((value, index) => {
    return logRecord({ offset: startOffset + index, value: Buffer.from(JSON.stringify(value)), ...overrides });
  });
  const { topic = INPUT_TOPIC, partition = 0 } = overrides;
  return { topic, partition, startOffset, nextOffset: startOffset + values.length, records };
}

export function taskInput(overrides: Partial<TaskInput> = {}): TaskInput {
  return {
    batches: [],
    pendingFrontiers: new Map(),
    sourceTasks: { siblings: [], upstream: [] },
    nowMs: NOW_MS,
    idleInputs: new Set(),
    dueQueries: new Set(),
    startedAt: [],
    isFirst: false,
    isDraining: false,
    reachedTargets: false,
    lookups: new Map(),
    ...overrides,
  };
}

export function frontierEntry(sourceTask: string, overrides: Partial<FrontierEntry> = {}): FrontierEntry {
  return { ...NOTHING_SAID, sourceTask, place: null, ends: {}, ...overrides };
}

/** A turn with what it emitted. */
export type WholeTurn = TaskTurn & { readonly outputs: readonly OutputRecord[] };

/** One task of a stage that is committed after every turn, as the runtime does it, without any log. */
export class StageRun {
  readonly context: TaskContext;
  readonly rows = new KeyedState();
  position: Position;
  readonly #logic: StageLogic;

  constructor(stage: Stage, context: Partial<TaskContext> = {}, inputs: Readonly<Record<string, number>> = {}) {
    this.context = taskContext({ stage: stage.name, ...context });
    this.position = initialPosition('incarnation', { [INPUT_TOPIC]: 0, ...inputs });
    this.#logic = stage.logic(this.context);
  }

  /** What the turn would come to, without its commit. */
  preview(input: Partial<TaskInput> = {}): WholeTurn {
    const outputs: OutputRecord[] = [];
    const view = { position: this.position, rows: this.rows };
    const turn = this.#logic.turn(view, taskInput(input), (output) => outputs.push(output));
    return { ...turn, outputs };
  }

  turn(input: Partial<TaskInput> = {}): WholeTurn {
    const turn = this.preview(input);
    this.rows.fold(turn.rows);
    this.position = turn.position;
    return turn;
  }
}

/** Outputs of one topic as the records that a reader of a partition gets, offsets from `startOffset` on. */
export function asRecords(outputs: readonly OutputRecord[], topic: string, partition: number): LogRecord[] {
  return outputs
    .filter((output) => output.topic === topic && output.partition === partition)
    .map((output, offset) => logRecord({ topic, partition, offset, value: Buffer.from(output.value ?? '') }));
}

/** Values of a topic's outputs, parsed. */
export function jsonOf<T>(outputs: readonly OutputRecord[], topic: string): T[] {
  return outputs.filter((output) => output.topic === topic).map(({ value }) => JSON.parse(value!.toString()) as T);
}
