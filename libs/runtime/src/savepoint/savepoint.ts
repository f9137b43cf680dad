import type { Position, TopicPartition } from '@tidemark/stream';
import type { StateRow } from '@tidemark/window-state';
import type { Manifest } from '../manifest/manifest.ts';

/** A task's committed state at one point. */
export interface SavepointTask {
  readonly application: string;
  readonly stage: string;
  readonly partition: number;
  readonly position: Position;
  /** By row id. */
  readonly rows: ReadonlyMap<string, StateRow>;
}

/** A record of an internal topic that its writer's state contains and its reader's does not yet. */
export interface InFlightRecord extends TopicPartition {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** All tasks of one or more applications at one consistent point. */
export interface Savepoint {
  readonly createdAtMs: number;
  readonly manifests: readonly Manifest[];
  readonly tasks: readonly SavepointTask[];
  /** In the order of their offsets within each partition. */
  readonly inFlight: readonly InFlightRecord[];
}

/** `application/stage/partition`. */
export function savepointTaskId({ application, stage, partition }: Omit<SavepointTask, 'position' | 'rows'>): string {
  return `${application}/${stage}/${partition}`;
}

/** The tasks of a stage. */
export function tasksOfStage({ tasks }: Pick<Savepoint, 'tasks'>, of: Manifest): readonly SavepointTask[] {
  return tasks.filter(({ application, stage }) => application === of.application && stage === of.stage);
}
