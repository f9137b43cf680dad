import {
  accumulation,
  type Accumulation,
  isClosed,
  migrateNumbers,
  NewerRow,
  rowId,
  RowOverlay,
  type StateRow,
} from '@tidemark/window-state';
import { TidemarkError } from '@tidemark/schemas';
import type { LogRecord, OutputRecord } from '../ports/log.ts';
import type { Position, WindowPromise } from '../task/position.ts';
import type { Emit, StageLogic, TaskContext, TaskInput, TaskTurn, TaskView } from '../task/stage-logic.ts';
import { addTallies, emptyTally, type MutableTally } from '../task/tally.ts';
import { sinkRecord } from '../topology/sink.ts';
import type { Stage } from '../topology/topology.ts';
import { advanceInputs } from './intake.ts';
import { Emission } from './emission.ts';
import { decodePartialsRecord, type PartialRow } from './partial.ts';
import { closedEnd, describeQuery, hasClosingWindows, type Query, resultRow, rowSchemaOf } from './query.ts';
import { stageRows } from './stage-rows.ts';

/** A stage whose tasks own keys: they add partial rows to their state, emit, and remove closed windows. */
export interface MergeStageOptions {
  readonly name: string;
  /** Name of the combine stage whose partials it reads. */
  readonly combine: string;
  readonly queries: readonly Query<never>[];
}

export function mergeStage(options: MergeStageOptions): Stage {
  return {
    name: options.name,
    source: { kind: 'partials', stage: options.combine },
    hasEventTime: false,
    triggers: options.queries.map(({ name, everyMs }) => ({ query: name, everyMs })),
    outputs: () => [...new Set(options.queries.map((query) => query.sink.topic))],
    describe: { kind: 'merge', queries: options.queries.map(describeQuery) },
    rows: stageRows('merge', options.queries),
    logic: (context) => new MergeLogic(context, options.queries),
  };
}

/** Takes a partial, with the promises that came before it. */
type OnPartial = (partial: PartialRow, record: LogRecord, promises: Position['promises']) => void;

class MergeLogic implements StageLogic {
  readonly #context: TaskContext;
  readonly #queries: ReadonlyMap<string, Query<never>>;
  readonly #accumulations: ReadonlyMap<string, Accumulation<never>>;

  constructor(context: TaskContext, queries: readonly Query<never>[]) {
    this.#context = context;
    this.#queries = new Map(queries.map((query) => [query.name, query]));
    this.#accumulations = new Map(queries.map((query) => [query.name, accumulation(query.measures)]));
  }

  turn({ position, rows }: TaskView, input: TaskInput, emit: Emit): TaskTurn {
    const version = position.version + 1;
    const overlay = new RowOverlay(rows);
    const changedVersion: Record<string, number> = { ...position.changedVersion };
    const tallies: Record<string, MutableTally> = {};
    const onPartial: OnPartial = (partial, record, promises) => {
      this.#add(overlay, promises, partial, record, version);
      changedVersion[partial.query] = version;
      const tally = (tallies[partial.query] ??= emptyTally());
      tally.read += 1;
      tally.ok += 1;
    };
    const onFresh = (query: string) => (changedVersion[query] = version);
    const promises = this.#readAll(position, input, onPartial, onFresh);
    const done =
      input.isDraining && input.reachedTargets && this.#allCombineTasks(promises, (promise) => promise?.done === true);
    let emitted = 0;
    const emitRows = (query: Query<never>, due: Iterable<StateRow>): void => {
      emitted += this.#emit(emit, query, due, input.nowMs);
    };
    const emittedVersion: Record<string, number> = { ...position.emittedVersion };
    for (const query of this.#queries.values()) {
      const emission = new Emission(query, position, overlay, changedVersion[query.name] ?? 0);
      if (done || query.everyMs === 0 || input.dueQueries.has(query.name)) {
        emitRows(query, emission.due());
        emittedVersion[query.name] = changedVersion[query.name] ?? 0;
      }
      if (!hasClosingWindows(query)) continue;
      const closed = this.#closedRows(overlay, query, promises);
      emitRows(query, emission.closing(closed));
      for (const [id] of closed) overlay.remove(id);
    }
    const read = input.batches.some((batch) => batch.records.length > 0);
    const isWorthCommitting = overlay.changes.size > 0 || emitted > 0 || done !== position.done;
    return {
      rows: overlay.changes,
      position: {
        ...position,
        version,
        inputs: advanceInputs(position.inputs, input.batches),
        promises,
        changedVersion,
        // An uncommitted turn's version is used again: what the next turn changes must not count as emitted.
        emittedVersion: isWorthCommitting ? emittedVersion : position.emittedVersion,
        tallies: read ? addTallies(position.tallies, tallies) : position.tallies,
        done,
      },
      announcesFrontier: false,
      isWorthCommitting,
      isLast: done,
      consumedFrontiers: NOTHING_CONSUMED,
      tallies,
    };
  }

  /** Reads all records in order: a promise holds for what follows it. */
  #readAll(
    position: Position,
    input: TaskInput,
    onPartial: OnPartial,
    onFresh: (query: string) => void,
  ): Position['promises'] {
    let promises = position.promises;
    for (const batch of input.batches) {
      for (const record of batch.records) {
        const decoded = decodePartialsRecord(record);
        if (decoded.kind === 'partial') {
          onPartial(decoded.partial, record, promises);
        } else {
          const { combineTask, closedEndMs, done, fresh } = decoded.promise;
          fresh.forEach(onFresh);
          promises = { ...promises, [combineTask]: { closedEndMs, done } };
        }
      }
    }
    return promises;
  }

  #add(
    overlay: RowOverlay,
    promises: Position['promises'],
    partial: PartialRow,
    record: LogRecord,
    version: number,
  ): void {
    const { query: name, group, windowStartMs } = partial;
    const query = this.#queries.get(name);
    if (query === undefined) throw unknownQuery(name, record);
    const delta = partial.rowVersion === query.rowVersion ? partial.delta : migrated(query, partial, record);
    const closedMs = this.#closedEnd(query, promises);
    if (windowStartMs !== null && isClosed(windowStartMs + query.window!.sizeMs, closedMs)) {
      throw latePartial(name, windowStartMs, closedMs, record);
    }
    const before = overlay.get(rowId(name, windowStartMs, group));
    const sums = this.#accumulations.get(name)!;
    const accumulator = before === undefined ? delta : sums.merge(before.accumulator, delta);
    if (!sums.isExact(accumulator)) throw overflow(name, group, record);
    overlay.put({ query: name, group, windowStartMs, accumulator, version });
  }

  /** Windows are closed when every combine task has promised so. */
  #closedEnd(query: Query<never>, promises: Position['promises']): number {
    if (!hasClosingWindows(query)) return -Infinity;
    let smallest = Infinity;
    for (const task of this.#context.combineTasks) {
      smallest = Math.min(smallest, promises[task]?.closedEndMs[query.name] ?? -Infinity);
    }
    return closedEnd(query, smallest);
  }

  #closedRows(overlay: RowOverlay, query: Query<never>, promises: Position['promises']): [string, StateRow][] {
    const closedMs = this.#closedEnd(query, promises);
    if (closedMs === -Infinity) return [];
    const sizeMs = query.window!.sizeMs;
    return [...overlay.closedRows(query.name, (startMs) => isClosed(startMs + sizeMs, closedMs))];
  }

  /** Answers how many rows were for the sink. */
  #emit(emit: Emit, query: Query<never>, rows: Iterable<StateRow>, nowMs: number): number {
    let emitted = 0;
    for (const row of rows) {
      const output = this.#encode(query, row, nowMs);
      if (output === undefined) continue;
      emit(output);
      emitted += 1;
    }
    return emitted;
  }

  /** A row has no input record that could be routed away: it would be missing for ever, so that the task stops. */
  #encode(query: Query<never>, row: StateRow, nowMs: number): OutputRecord | undefined {
    try {
      return sinkRecord(query.sink, resultRow(query, row), this.#context.partitionsOf, nowMs);
    } catch (cause) {
      throw sinkFailed(this.#context, query, row, cause);
    }
  }

  #allCombineTasks(promises: Position['promises'], holds: (promise: WindowPromise | undefined) => boolean): boolean {
    const { combineTasks } = this.#context;
    return combineTasks.length > 0 && combineTasks.every((task) => holds(promises[task]));
  }
}

const NOTHING_CONSUMED: ReadonlyMap<string, number> = new Map();

function at({ topic, partition, offset }: LogRecord): string {
  return `${topic}/${partition} offset ${offset}`;
}

/** Combine tasks of an older version may still write, or have written before they were updated. */
function migrated(query: Query<never>, { rowVersion, delta }: PartialRow, record: LogRecord): readonly number[] {
  try {
    return migrateNumbers(rowSchemaOf(query), rowVersion, delta);
  } catch (cause) {
    if (!(cause instanceof NewerRow)) throw cause;
    throw new TidemarkError('TM_ROW_VERSION_NEWER', `${at(record)}: ${cause.message}`, {
      cause,
      fields: { query: query.name, version: cause.version, known: cause.known },
    });
  }
}

function unknownQuery(query: string, record: LogRecord): TidemarkError {
  return new TidemarkError('TM_CHANGELOG_INVALID', `${at(record)} names the query ${query}, which this worker lacks`);
}

function sinkFailed(
  { application, stage, partition }: TaskContext,
  query: Query<never>,
  { group, windowStartMs }: StateRow,
  cause: unknown,
): TidemarkError {
  const window = windowStartMs === null ? '' : `, window from ${new Date(windowStartMs).toISOString()}`;
  return new TidemarkError(
    'TM_STEP_FAILED',
    `${application}/${stage}/${partition}: sink ${query.sink.topic} of query ${query.name} threw for the row ` +
      `${group.join(', ')}${window}: ${String(cause)}. Mend the sink; the row waits until it is emitted`,
    { cause, fields: { stage, partition, query: query.name, group, windowStartMs } },
  );
}

function latePartial(query: string, windowStartMs: number, closedMs: number, record: LogRecord): TidemarkError {
  return new TidemarkError(
    'TM_LATE_PARTIAL',
    `${at(record)}: ${query} window from ${new Date(windowStartMs).toISOString()}, closed up to ` +
      `${new Date(closedMs).toISOString()}; this is a defect, keep the topic and report it`,
  );
}

function overflow(query: string, group: readonly string[], record: LogRecord): TidemarkError {
  return new TidemarkError('TM_TOTAL_OVERFLOW', `${query} of ${group.join(', ')} at ${at(record)}`);
}
