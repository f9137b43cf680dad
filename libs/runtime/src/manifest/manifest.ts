import { createHash } from 'node:crypto';
import { TidemarkError } from '@tidemark/schemas';
import { POSITION_SCHEMA_VERSION } from '@tidemark/stream';
import { ROW_SCHEMA_VERSION } from '@tidemark/window-state';
import type { StagePlan } from '../task/task-plan.ts';

/** What a stage's state belongs to. Written once; a worker with another one refuses to start. */
export interface Manifest {
  readonly application: string;
  readonly stage: string;
  /** Number of changelog partitions. */
  readonly tasks: number;
  /** Partition counts of inputs and outputs, by topic. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Partitions that `assign` names, ascending, of the inputs that are not read whole; left out when all are. */
  readonly assigned?: Readonly<Record<string, readonly number[]>> | undefined;
  readonly outputs: Readonly<Record<string, number>>;
  /** Hash of what the state depends on. */
  readonly fingerprint: string;
  /** Ids of inputs and changelog as the state was begun with them, by topic; empty where the broker knows none. */
  readonly topicIds?: Readonly<Record<string, string>>;
}

export function manifestKey(application: string, stage: string): string {
  return `${application}/${stage}`;
}

export function manifestOf(plan: StagePlan): Manifest {
  return {
    application: plan.application,
    stage: plan.stage.name,
    tasks: plan.tasks,
    inputs: Object.fromEntries(plan.inputs),
    ...assignedPart(plan),
    outputs: Object.fromEntries(plan.outputs),
    fingerprint: fingerprint(plan.stage.describe),
    topicIds: Object.fromEntries(plan.topicIds),
  };
}

function assignedPart({ inputs, assigned }: StagePlan): Pick<Manifest, 'assigned'> {
  const parts = [...(assigned ?? [])].filter(([topic, partitions]) => partitions.size < inputs.get(topic)!);
  if (parts.length === 0) return {};
  return { assigned: Object.fromEntries(parts.map(([topic, set]) => [topic, [...set].sort((a, b) => a - b)])) };
}

/** Partitions of the tasks that run, ascending: those that have an input partition which is read. */
export function taskPartitions({ inputs, assigned }: Pick<Manifest, 'inputs' | 'assigned'>): readonly number[] {
  const read = Object.entries(inputs).flatMap(([topic, count]) => readPartitions(count, assigned?.[topic]));
  return [...new Set(read)].sort((a, b) => a - b);
}

function readPartitions(count: number, assigned: readonly number[] | undefined): readonly number[] {
  return assigned ?? Array.from({ length: count }, (_, partition) => partition);
}

function fingerprint(description: object): string {
  const versions = { row: ROW_SCHEMA_VERSION, position: POSITION_SCHEMA_VERSION };
  return createHash('sha256')
    .update(JSON.stringify({ ...versions, description }))
    .digest('hex')
    .slice(0, 16);
}

/** What keeps a stage that runs from going on, now that this manifest is recorded: partition counts are settled at its start. */
export function checkRunning(stored: Manifest, current: Manifest): TidemarkError | undefined {
  if (stored.fingerprint === current.fingerprint) return undefined;
  return mismatch(stored, [`topology ${stored.fingerprint}, this instance runs ${current.fingerprint}`]);
}

/**
 * @throws TidemarkError (TM_MANIFEST_MISMATCH) telling what differs. More inputs than before are allowed (a pattern
 *   matched a new topic); fewer tasks or other outputs are not.
 */
export function checkManifest(stored: Manifest, current: Manifest): void {
  const differences: string[] = [];
  if (stored.tasks !== current.tasks) differences.push(`${stored.tasks} tasks, now ${current.tasks}`);
  if (stored.fingerprint !== current.fingerprint) {
    differences.push(`topology ${stored.fingerprint}, now ${current.fingerprint}`);
  }
  for (const [kind, before, now] of [
    ['input', stored.inputs, current.inputs],
    ['output', stored.outputs, current.outputs],
  ] as const) {
    for (const [topic, partitions] of Object.entries(before)) {
      if (now[topic] !== partitions) {
        differences.push(`${kind} ${topic} with ${partitions} partitions, now ${now[topic] ?? 'not there'}`);
      }
    }
  }
  for (const [topic, count] of Object.entries(stored.inputs)) {
    const [before, now] = [stored, current].map(({ assigned }) => readPartitions(count, assigned?.[topic]).join());
    if (before !== now) differences.push(`partitions ${before} of ${topic}, now ${now}`);
  }
  if (differences.length > 0) throw mismatch(stored, differences);
}

function mismatch({ application, stage }: Manifest, differences: readonly string[]): TidemarkError {
  return new TidemarkError(
    'TM_MANIFEST_MISMATCH',
    `stage ${manifestKey(application, stage)} was started with ${differences.join('; ')}. Put the settings back. A ` +
      'topic with more partitions: stop all instances, then npm run operate -- grow <topic>. Or begin with an empty state: start under a new application id (SOURCE_GROUP_ID), or stop all instances and run ' +
      `npm run operate -- reset ${application}`,
    { fields: { application, stage } },
  );
}
