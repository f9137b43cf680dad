import type { Clock, Logger, RuntimeObserver } from '@tidemark/stream';
import { createMetrics, createProgressLog, type Metrics, type ProgressLog } from '@tidemark/telemetry';
import { logTasks } from '../observe/log-tasks.ts';
import { observeAll } from '../observe/observe-all.ts';
import { createTaskMetrics, type TaskMetrics } from '../observe/task-metrics.ts';
import { type ActivityLog, collectActivity } from '../progress/stage-activity.ts';

/** All that watches the worker. */
export interface Instruments {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly taskMetrics: TaskMetrics;
  readonly activity: ActivityLog;
  readonly progressLog: ProgressLog;
  /** To be told what tasks do. */
  readonly observer: RuntimeObserver;
}

export function createInstruments(logger: Logger, clock: Clock): Instruments {
  const metrics = createMetrics();
  const activity = collectActivity();
  const taskMetrics = createTaskMetrics(metrics, () => clock.now());
  return {
    clock,
    metrics,
    taskMetrics,
    activity,
    progressLog: createProgressLog(),
    observer: observeAll([...taskMetrics.observers, activity.observer, logTasks(logger)]),
  };
}
