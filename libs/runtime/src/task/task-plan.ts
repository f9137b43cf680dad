import type { Stage, TaskContext, TaskName } from '@tidemark/stream';
import { rowCodec, type RowCodec } from '@tidemark/window-state';

/** A stage as it stands in this cluster: its topics with their partitions, and what event time waits for. */
export interface StagePlan {
  readonly application: string;
  readonly stage: Stage;
  readonly changelogTopic: string;
  /** Number of changelog partitions: one for each task that there can be. */
  readonly tasks: number;
  /** Partitions of the tasks that are run: with `assign` those that have an assigned input, else all. */
  readonly taskPartitions: readonly number[];
  /** Input topics with their partition counts. */
  readonly inputs: ReadonlyMap<string, number>;
  /** Input topics that no other stage writes. */
  readonly externalInputs: ReadonlySet<string>;
  /** `application/stage` of the stages that write the other input topics. */
  readonly upstreamStages: readonly string[];
  /** Partition counts of every topic that the stage writes. */
  readonly outputs: ReadonlyMap<string, number>;
  /** Partitions of the tasks of the combine stage whose partials it reads; empty for other stages. */
  readonly combineTasks: readonly number[];
  /** Input partitions that `assign` allows; undefined without `assign`. */
  readonly assigned: ReadonlyMap<string, ReadonlySet<number>> | undefined;
  /** Ids that inputs and changelog had when the stage's state was begun; without those that are not known. */
  readonly topicIds: ReadonlyMap<string, string>;
}

/** One task of a planned stage. */
export interface TaskPlan extends StagePlan {
  readonly partition: number;
  readonly name: TaskName;
  /** `application/stage/partition`: in logs, and the name of its checkpoint. */
  readonly id: string;
  readonly transactionalId: string;
  readonly context: TaskContext;
  /** Of its rows, in changelog and checkpoint. */
  readonly rowCodec: RowCodec;
}

export function taskPlan(plan: StagePlan, partition: number, idleTimeoutMs: number): TaskPlan {
  const { application, stage } = plan;
  return {
    ...plan,
    partition,
    name: { application, stage: stage.name, partition },
    id: `${application}/${stage.name}/${partition}`,
    rowCodec: rowCodec(stage.rows?.schemas),
    transactionalId: taskTransactionalId(application, stage.name, partition),
    context: {
      application,
      stage: stage.name,
      partition,
      partitionsOf: (topic) => partitionsOf(plan, topic),
      combineTasks: plan.combineTasks,
      isSourceTask: stage.source.kind === 'topics' && (hasExternalInput(plan, partition) || !stage.hasEventTime),
      upstreamInputs: new Set([...plan.inputs.keys()].filter((topic) => !plan.externalInputs.has(topic))),
      idleTimeoutMs,
    },
  };
}

/** The fixed id by which whoever writes for a task fences everyone else. */
export function taskTransactionalId(application: string, stage: string, partition: number): string {
  return `tidemark.${application}.${stage}.${partition}`;
}

/** Whether a task reads anything that no other stage writes: of topics with few partitions not every task has one. */
export function hasExternalInput(plan: StagePlan, partition: number): boolean {
  return inputTopicsOf(plan, partition).some((topic) => plan.externalInputs.has(topic));
}

/** Input topics that have this task's partition (and, with `assign`, may be read). */
export function inputTopics(plan: TaskPlan): string[] {
  return inputTopicsOf(plan, plan.partition);
}

function inputTopicsOf({ inputs, assigned }: StagePlan, partition: number): string[] {
  return [...inputs]
    .filter(([topic, partitions]) => partition < partitions && (assigned?.get(topic)?.has(partition) ?? true))
    .map(([topic]) => topic);
}

function partitionsOf(plan: StagePlan, topic: string): number {
  const partitions = plan.outputs.get(topic);
  if (partitions === undefined) throw new Error(`stage ${plan.stage.name} did not declare its output topic ${topic}`);
  return partitions;
}
