import type { Worker } from '@tidemark/runtime';
import type { HealthProbes } from '@tidemark/telemetry';
import type { StateRow } from '@tidemark/window-state';
import type { Instruments } from './instruments.ts';
import { taskSnapshot, type TaskSnapshot } from './task-snapshot.ts';
import { liveness, readiness, type WorkerSnapshot } from './worker-health.ts';

/** The process's worker, which is there only some time after the process started. */
export interface WorkerHandle {
  readonly isDraining: boolean;
  attach(worker: Worker): void;
  /** Drains the worker, now or as soon as it has started. */
  drain(): void;
  /** Undefined while it is starting. */
  snapshot(): WorkerSnapshot | undefined;
  tasks(): readonly TaskSnapshot[];
  /** All committed rows of this process. */
  rows(): readonly StateRow[];
}

export function createWorkerHandle(availableNow: boolean): WorkerHandle {
  let worker: Worker | undefined;
  let isDraining = availableNow;
  const tasks = () => (worker?.runners ?? []).map(taskSnapshot);
  return {
    get isDraining() {
      return isDraining;
    },
    attach(started) {
      worker = started;
      if (isDraining) worker.drain();
    },
    drain() {
      isDraining = true;
      worker?.drain();
    },
    snapshot: () => worker && { joined: worker.health.joined, tasks: tasks() },
    tasks,
    rows: () => (worker?.runners ?? []).flatMap(({ task }) => [...(task?.rows.rows() ?? [])].map(([, row]) => row)),
  };
}

/** What the health server asks. */
export function probes(handle: WorkerHandle, { metrics, taskMetrics, progressLog, clock }: Instruments): HealthProbes {
  return {
    live: () => liveness(handle.snapshot(), clock.now()),
    ready: () => readiness(handle.snapshot()),
    metrics() {
      taskMetrics.keepOnly(handle.tasks().map(({ name }) => name));
      return metrics.text();
    },
    progress: () => progressLog.recent(),
    drain: () => handle.drain(),
  };
}
