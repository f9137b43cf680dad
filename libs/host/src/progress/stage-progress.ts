import {
  buildProgress,
  describeKafkaSource,
  type ProgressDurations,
  type Stage,
  type StateOperatorProgress,
  type StreamingQueryProgress,
  topicBetween,
  type TopicOffsets,
} from '@tidemark/stream';
import type { CommittedSnapshot, TaskSnapshot } from '../lifecycle/task-snapshot.ts';
import type { StageActivity } from './stage-activity.ts';

/** What a report is about. */
export interface StageReport {
  readonly application: string;
  /** Of this process. */
  readonly runId: string;
  readonly stage: Stage;
  readonly activity: StageActivity;
  /** The stage's tasks of this process. */
  readonly tasks: readonly TaskSnapshot[];
  /** Time of the report, and of the one before, epoch ms. */
  readonly nowMs: number;
  readonly previousMs: number;
}

/**
 * The progress of a stage's tasks of this process since the last report. `batchId` is the number of their commits since
 * the state began, summed; it rises with each report while the tasks stay.
 */
export function stageProgress(report: StageReport): StreamingQueryProgress {
  const { application, runId, stage, activity, nowMs, previousMs } = report;
  const committed = report.tasks.filter((task) => task.committed !== undefined);
  const states = committed.map((task) => task.committed!);
  return buildProgress({
    id: `${application}/${stage.name}`,
    runId,
    name: `${application}/${stage.name}`,
    batchId: states.reduce((sum, { position }) => sum + position.version, 0),
    triggerMs: nowMs,
    previousTriggerMs: previousMs,
    durationMs: durations(activity),
    eventTime: { watermarkMs: smallestWatermark(states) ?? 0 },
    stateOperators: stateOperators(activity, states),
    sources: [
      {
        description: describeSource(application, stage),
        startOffset: activity.startOffset,
        endOffset: activity.endOffset,
        latestOffset: latestOffsets(activity.endOffset, committed),
        numInputRows: activity.records,
      },
    ],
    sink: { description: `KafkaSink[${stage.outputs(application).join(', ')}]`, numOutputRows: activity.written },
  });
}

/** Steps by Spark's manner of naming, without the unit, and their sum. */
function durations({ durationMs }: StageActivity): ProgressDurations {
  const steps = Object.entries(durationMs).map(([name, ms]) => [name.replace(/Ms$/, ''), ms] as const);
  return { triggerExecution: steps.reduce((sum, [, ms]) => sum + ms, 0), ...Object.fromEntries(steps) };
}

/** Over all tasks and queries; undefined while a task has none, since that one holds event time back. */
function smallestWatermark(states: readonly CommittedSnapshot[]): number | undefined {
  const byTask = states.map(({ watermarkMs }) => Object.values(watermarkMs));
  if (byTask.length === 0 || byTask.some((watermarks) => watermarks.length === 0)) return undefined;
  return Math.min(...byTask.flat());
}

function stateOperators(activity: StageActivity, states: readonly CommittedSnapshot[]): StateOperatorProgress[] {
  const numRowsTotal = states.reduce((sum, { rows }) => sum + rows, 0);
  const { rowsUpdated, rowsRemoved, late, durationMs } = activity;
  if (numRowsTotal + rowsUpdated + rowsRemoved + late === 0) return [];
  return [
    {
      operatorName: 'stateStoreSave',
      numRowsTotal,
      numRowsUpdated: rowsUpdated,
      numRowsRemoved: rowsRemoved,
      numRowsDroppedByWatermark: late,
      commitTimeMs: durationMs['commitMs'] ?? 0,
    },
  ];
}

function describeSource(application: string, { source }: Stage): string {
  return describeKafkaSource(source.kind === 'topics' ? source : { subscribe: [topicBetween(application, source)] });
}

/** Of partitions that were read: their ends as of the last fetch; where that is older than the commit, the commit's own. */
function latestOffsets(endOffset: TopicOffsets, tasks: readonly TaskSnapshot[]): TopicOffsets {
  const latest: Record<string, Record<string, number>> = {};
  for (const [topic, partitions] of Object.entries(endOffset)) {
    latest[topic] = { ...partitions };
    for (const { name, committed } of tasks) {
      const known = committed!.latestOffsets[topic];
      const end = partitions[name.partition];
      if (known !== undefined && end !== undefined) latest[topic][name.partition] = Math.max(known, end);
    }
  }
  return latest;
}
