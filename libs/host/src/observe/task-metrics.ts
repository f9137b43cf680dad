import { type RuntimeObserver, silentObserver, type TaskName } from '@tidemark/stream';
import { createMetricsObserver, type Metrics } from '@tidemark/telemetry';
import { taskId } from '../lifecycle/task-snapshot.ts';

/** Metrics of the tasks that are ours. */
export interface TaskMetrics {
  /** Those to be told what tasks do, in this order. */
  readonly observers: readonly RuntimeObserver[];
  /** To be told, before metrics are shown, what tasks are ours: others must not stay with their last values. */
  keepOnly(tasks: Iterable<TaskName>): void;
}

export function createTaskMetrics(metrics: Metrics, now: () => number): TaskMetrics {
  const observer = createMetricsObserver(metrics, now);
  const shown = new Map<string, TaskName>();
  const noteTask: RuntimeObserver = { ...silentObserver, tookOver: (task) => void shown.set(taskId(task), task) };
  return {
    observers: [observer, noteTask],
    keepOnly(tasks) {
      const ours = new Set([...tasks].map(taskId));
      for (const [id, task] of shown) {
        if (ours.has(id)) continue;
        observer.forget(task);
        shown.delete(id);
      }
    },
  };
}
