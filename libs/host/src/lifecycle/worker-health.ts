import type { Health } from '@tidemark/telemetry';
import { taskId, type TaskSnapshot } from './task-snapshot.ts';

/** How long a loop may go without a turn, ms; it has one every 5 s even when there is nothing to do. */
export const STALLED_AFTER_MS = 60_000;

/** What is known of the process's worker; undefined while it is starting. */
export interface WorkerSnapshot {
  readonly joined: boolean;
  readonly tasks: readonly TaskSnapshot[];
}

/**
 * Alive unless a task has stopped for good, is held up by something outside that someone should mend, or a running one's loop stands still. A worker that is starting or restoring
 * is alive: a restart would only make it begin again.
 */
export function liveness(worker: WorkerSnapshot | undefined, nowMs: number): Health {
  return verdict((worker?.tasks ?? []).flatMap((task) => faults(task, nowMs)));
}

function faults({ name, state, lastMoveMs, error, trouble }: TaskSnapshot, nowMs: number): string[] {
  if (error !== undefined) return [`task ${taskId(name)} has stopped for good: ${error.message}`];
  if (trouble !== undefined) return [`task ${taskId(name)} cannot go on: ${trouble.message}`];
  const stoodMs = nowMs - lastMoveMs;
  if (state !== 'running' || stoodMs <= STALLED_AFTER_MS) return [];
  return [`the loop of task ${taskId(name)} has not moved for ${Math.round(stoodMs / 1_000)} s`];
}

/** Ready once the group was joined and all tasks that are ours are restored. */
export function readiness(worker: WorkerSnapshot | undefined): Health {
  if (worker === undefined) return verdict(['starting']);
  if (!worker.joined) return verdict(['the group is not joined yet']);
  return verdict(worker.tasks.flatMap(lacks));
}

function lacks({ name, state, error }: TaskSnapshot): string[] {
  if (error !== undefined) return [`task ${taskId(name)} has stopped for good: ${error.message}`];
  return state === 'restoring' ? [`task ${taskId(name)} is being restored`] : [];
}

function verdict(reasons: readonly string[]): Health {
  return { ok: reasons.length === 0, reasons };
}
