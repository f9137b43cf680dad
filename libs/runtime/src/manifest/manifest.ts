import { createHash } from 'node:crypto';
import { TidemarkError } from '@tidemark/schemas';
import { POSITION_SCHEMA_VERSION } from '@tidemark/stream';
import { ROW_SCHEMA_VERSION } from '@tidemark/window-state';
import type { StagePlan } from '../task/task-plan.ts';

/** What a stage's state belongs to. Written once; a worker with another one refuses to start. */
export interface Manifest {
  readonly application: string;
  readonly stage: string;
  readonly tasks: number;
  /** Partition counts of inputs and outputs, by topic. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, number>>;
  /** Hash of what the state depends on. */
  readonly fingerprint: string;
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
    outputs: Object.fromEntries(plan.outputs),
    fingerprint: fingerprint(plan.stage.describe),
  };
}

function fingerprint(description: object): string {
  const versions = { row: ROW_SCHEMA_VERSION, position: POSITION_SCHEMA_VERSION };
  return createHash('sha256')
    .update(JSON.stringify({ ...versions, description }))
    .digest('hex')
    .slice(0, 16);
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
  if (differences.length === 0) return;
  throw new TidemarkError(
    'TM_MANIFEST_MISMATCH',
    `stage ${manifestKey(stored.application, stored.stage)} was started with ${differences.join('; ')}. ` +
      'Put the settings back, or start under a new application id (GROUP_ID), which begins with an empty state',
    { fields: { application: stored.application, stage: stored.stage } },
  );
}
