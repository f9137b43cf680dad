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

/** When a query's changed rows are emitted: every `everyMs`, 0 = with the commit that changed them. */
export interface QueryTrigger {
  readonly query: string;
  readonly everyMs: number;
}

/** One stage: a source, a computation, and what the runtime must know to run it. A value without Kafka, Redis, clock. */
export interface Stage {
  readonly name: string;
  readonly source: TopicSource | PartialsSource;
  /** Whether the tasks of this stage know event time, so that readers downstream wait for their frontiers. */
  readonly hasEventTime: boolean;
  readonly triggers: readonly QueryTrigger[];
  /** Topics that this stage writes, apart from the internal changelog and frontiers. */
  readonly outputs: (application: string) => readonly string[];
  /** What the state depends on: another description means another fingerprint, which the manifest refuses. */
  readonly describe: Readonly<Record<string, unknown>>;
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

/** @throws Error when two stages share a name or a merge stage reads partials that no stage here writes */
export function defineTopology(topology: Topology): Topology {
  const names = topology.stages.map((stage) => stage.name);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) throw new Error(`worker ${topology.worker} has two stages named ${doubled}`);
  for (const { name, source } of topology.stages) {
    if (source.kind === 'partials' && !names.includes(source.stage)) {
      throw new Error(`stage ${name} reads the partials of ${source.stage}, which worker ${topology.worker} lacks`);
    }
  }
  return topology;
}
