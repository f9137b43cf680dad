import { partialsTopic, repartitionTopic } from '@tidemark/schemas';
import type { RowSchema } from '@tidemark/window-state';
import type { LogRecord } from '../ports/log.ts';
import type { StageLogic, TaskContext } from '../task/stage-logic.ts';

/** Where a stage reads public topics. Task p reads partition p of each topic that has one. */
export interface TopicSource {
  readonly kind: 'topics';
  /** Exactly one of `subscribe`, `subscribePattern` and `assign` is set. */
  readonly subscribe?: readonly string[] | undefined;
  /** Anchored regular expression; topics that match later are picked up. */
  readonly subscribePattern?: string | undefined;
  /** Partitions by topic, without a group. */
  readonly assign?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Counts only where there is no position yet. Per partition: -2 is earliest, -1 is latest. */
  readonly startingOffsets: 'earliest' | 'latest' | Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Upper bound of records taken per turn over all tasks of one process, shared out by backlog; none when left out. */
  readonly maxOffsetsPerTrigger?: number | undefined;
}

/** Where a merge stage reads: the partials topic of a combine stage of the same worker. */
export interface PartialsSource {
  readonly kind: 'partials';
  readonly stage: string;
}

/** Where a stage reads what a repartition stage of the same worker spreads. Task p reads partition p. */
export interface RepartitionSource {
  readonly kind: 'repartition';
  readonly stage: string;
}

/** Where a stage that takes records reads them. */
export type RecordSource = TopicSource | RepartitionSource;

/** The internal topic by which a stage reads another one of its worker. */
export function topicBetween(application: string, source: PartialsSource | RepartitionSource): string {
  return source.kind === 'partials'
    ? partialsTopic(application, source.stage)
    : repartitionTopic(application, source.stage);
}

/** When a query's changed rows are emitted: every `everyMs`, 0 = with the commit that changed them. */
export interface QueryTrigger {
  readonly query: string;
  readonly everyMs: number;
}

/** Rows that a stage keeps or writes, and how they may change under it. */
export interface StageRows {
  readonly schemas: readonly RowSchema[];
  /** What stays over all row versions: another one is another state, which no migration leads to. */
  readonly identity: Readonly<Record<string, unknown>>;
}

/** One stage: a source, a computation, and what the runtime must know to run it. A value without Kafka, Redis, clock. */
export interface Stage {
  readonly name: string;
  readonly source: RecordSource | PartialsSource;
  /** Whether the tasks of this stage know event time, so that readers downstream wait for their frontiers. */
  readonly hasEventTime: boolean;
  readonly triggers: readonly QueryTrigger[];
  /**
   * Least time between the beginnings of two turns, ms, unless there is input for a full one: each turn costs a
   * transaction, and nobody sees what it makes any sooner. Default 0.
   */
  readonly lingerMs?: number;
  /** Topics that this stage writes, apart from the internal changelog and frontiers. */
  readonly outputs: (application: string) => readonly string[];
  /** Partitions of the repartition topic that it writes; left out by other stages. */
  readonly repartitions?: number;
  /** What the state depends on: another description means another fingerprint, which the manifest refuses. */
  readonly describe: Readonly<Record<string, unknown>>;
  /** Whether it must know when all source tasks are idle; left out by stages that need not. */
  readonly followsIdleness?: boolean;
  /** Of a stage with rows or partial rows: their versions. Left out by other stages. */
  readonly rows?: StageRows;
  readonly logic: (context: TaskContext) => StageLogic;
  /**
   * Answers from outside, fetched before the pure turn (so that the turn itself stays pure). What it gives for a
   * record is handed to the step.
   */
  readonly lookup?: ((records: readonly LogRecord[]) => Promise<ReadonlyMap<LogRecord, unknown>>) | undefined;
}

/** What a worker is: its stages, by name. */
export interface Topology {
  readonly worker: string;
  readonly stages: readonly Stage[];
}

/**
 * @throws Error when two stages share a name, a stage reads another one that does not come before it, or a stage needs
 *   to know of event time or idleness what the repartition before it does not pass on
 */
export function defineTopology(topology: Topology): Topology {
  const { worker, stages } = topology;
  const names = stages.map((stage) => stage.name);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) throw new Error(`worker ${worker} has two stages named ${doubled}`);
  stages.forEach((stage, index) => checkSource(worker, stage, stages.slice(0, index)));
  return topology;
}

function checkSource(worker: string, stage: Stage, earlier: readonly Stage[]): void {
  const { name, source, hasEventTime, followsIdleness } = stage;
  if (source.kind === 'topics') return;
  const writer = earlier.find((stage) => stage.name === source.stage);
  if (writer === undefined || (source.kind === 'repartition' && writer.repartitions === undefined)) {
    throw new Error(
      `stage ${name} reads the ${source.kind} of ${source.stage}, which worker ${worker} lacks before it`,
    );
  }
  if (source.kind === 'repartition' && hasEventTime && !writer.hasEventTime) {
    throw new Error(`stage ${name} needs event time: give the repartition ${source.stage} its \`eventTimeMs\``);
  }
  if (source.kind === 'repartition' && followsIdleness) {
    throw new Error(
      `stage ${name} has a query with \`closesWhenIdle\`; a repartition (${source.stage}) does not tell who is idle`,
    );
  }
}
