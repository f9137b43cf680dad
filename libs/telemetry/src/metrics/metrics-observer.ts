import { partialsTopic, TidemarkError } from '@tidemark/schemas';
import type { CommitReport, RuntimeObserver, TakeOverReport, TaskName } from '@tidemark/stream';
import { countTallies } from './count-tallies.ts';
import type { Metrics } from './metrics.ts';
import { createTaskGauges, type TaskGauges } from './task-gauges.ts';

export interface MetricsObserver extends RuntimeObserver {
  /** The task is not ours any more: its gauges go. */
  forget(task: TaskName): void;
}

interface TaskRecord {
  readonly gauges: TaskGauges;
  /** Counters of the last position: those of a position count from the beginning of its incarnation. */
  labels: Readonly<Record<string, number>>;
  lastCommitMs: number;
  /** When the oldest commit was made that the checkpoint lacks. */
  uncheckpointedSinceMs: number | undefined;
}

/** Turns what the runtime tells into metrics. @param now epoch ms */
export function createMetricsObserver(metrics: Metrics, now: () => number = Date.now): MetricsObserver {
  const tasks = new Map<string, TaskRecord>();
  const find = (task: TaskName) => tasks.get(keyOf(task));

  function forget(task: TaskName): void {
    find(task)?.gauges.remove();
    tasks.delete(keyOf(task));
  }

  return {
    tookOver(task, report) {
      countTakeOver(metrics, task, report);
      const gauges = createTaskGauges(metrics, task);
      gauges.follow({ ...report, watermarkMs: {} });
      const { labels } = report.position;
      tasks.set(keyOf(task), { gauges, labels, lastCommitMs: 0, uncheckpointedSinceMs: undefined });
    },
    committed(task, report) {
      countCommit(metrics, task, report);
      const record = find(task);
      if (record === undefined) return;
      countErrors(metrics, task, record.labels, report.position.labels);
      record.labels = report.position.labels;
      record.lastCommitMs = now();
      record.uncheckpointedSinceMs ??= record.lastCommitMs;
      record.gauges.follow(report);
    },
    failed(task, error, stopped) {
      const code = error instanceof TidemarkError ? error.code : 'unknown';
      metrics.taskFailures.add({ stage: task.stage, code });
      if (stopped) forget(task);
    },
    checkpointed(task, outcome, durationMs) {
      metrics.checkpointWrites.add({ stage: task.stage, outcome });
      const record = find(task);
      if (record === undefined) return;
      if (outcome !== 'failed') noteCheckpoint(record, now() - durationMs);
      record.gauges.checkpointLagged(now() - (record.uncheckpointedSinceMs ?? now()));
    },
    lagged: (task, stable, total) => find(task)?.gauges.lagged(stable, total),
    forget,
  };
}

const keyOf = ({ application, stage, partition }: TaskName) => `${application}/${stage}/${partition}`;

/** A commit made while the checkpoint was being written may be in it or not; it counts as not. */
function noteCheckpoint(record: TaskRecord, startMs: number): void {
  record.uncheckpointedSinceMs = record.lastCommitMs > startMs ? startMs : undefined;
}

function countTakeOver(metrics: Metrics, { stage }: TaskName, report: TakeOverReport): void {
  const source = report.fromCheckpoint ? 'checkpoint' : report.changelogRecords > 0 ? 'changelog' : 'nothing';
  metrics.takeOvers.add({ stage, source });
  metrics.takeOverDuration.observe({ stage }, report.durationMs / 1000);
  metrics.changelogRecordsRead.add({ stage }, report.changelogRecords);
  metrics.restoredRows.add({ stage }, report.rows);
}

function countCommit(metrics: Metrics, { application, stage }: TaskName, report: CommitReport): void {
  const { turnMs = 0, sendMs = 0, commitMs = 0 } = report.durationMs;
  metrics.commits.add({ stage });
  if (report.records > 0) metrics.batches.add({ stage });
  metrics.turnDuration.observe({ stage }, turnMs / 1000);
  metrics.commitDuration.observe({ stage }, (sendMs + commitMs) / 1000);
  countTallies(metrics, stage, report.tallies);
  for (const [topic, count] of report.written) metrics.outputRecords.add({ stage, topic }, count);
  metrics.partialRows.add({ stage }, report.written.get(partialsTopic(application, stage)) ?? 0);
}

function countErrors(
  metrics: Metrics,
  { stage }: TaskName,
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): void {
  for (const [code, total] of Object.entries(after)) {
    const added = total - (before[code] ?? 0);
    if (added > 0) metrics.errors.add({ stage, code }, added);
  }
}
