import { type CommitReport, type RuntimeObserver, silentObserver, type TaskName } from '@tidemark/stream';

/** topic → partition → offset, while it is being collected. */
type Offsets = Record<string, Record<string, number>>;

/** What a stage's tasks of this process committed since the last report. */
export interface StageActivity {
  commits: number;
  records: number;
  written: number;
  rowsUpdated: number;
  rowsRemoved: number;
  late: number;
  /** Sums by step of the cycle, as the runtime names them. */
  readonly durationMs: Record<string, number>;
  readonly startOffset: Offsets;
  readonly endOffset: Offsets;
}

/** Adds up commits by stage; a few additions a commit, since there may be hundreds a second. */
export interface ActivityLog {
  readonly observer: RuntimeObserver;
  /** What was committed since the last call, by stage; stages without a commit are not in it. */
  take(): ReadonlyMap<string, StageActivity>;
}

export function collectActivity(): ActivityLog {
  let stages = new Map<string, StageActivity>();
  return {
    observer: {
      ...silentObserver,
      committed(task, report) {
        let activity = stages.get(task.stage);
        if (activity === undefined) stages.set(task.stage, (activity = noActivity()));
        addCommit(activity, task, report);
      },
    },
    take() {
      const taken = stages;
      stages = new Map();
      return taken;
    },
  };
}

function noActivity(): StageActivity {
  return {
    commits: 0,
    records: 0,
    written: 0,
    rowsUpdated: 0,
    rowsRemoved: 0,
    late: 0,
    durationMs: {},
    startOffset: {},
    endOffset: {},
  };
}

function addCommit(activity: StageActivity, { partition }: TaskName, report: CommitReport): void {
  activity.commits += 1;
  activity.records += report.records;
  activity.rowsUpdated += report.rowsUpdated;
  activity.rowsRemoved += report.rowsRemoved;
  for (const count of report.written.values()) activity.written += count;
  for (const tally of Object.values(report.tallies)) activity.late += tally.late;
  for (const [step, ms] of Object.entries(report.durationMs)) {
    activity.durationMs[step] = (activity.durationMs[step] ?? 0) + ms;
  }
  for (const [topic, offset] of Object.entries(report.startInputs)) {
    (activity.startOffset[topic] ??= {})[partition] ??= offset;
  }
  for (const [topic, offset] of Object.entries(report.position.inputs)) {
    (activity.endOffset[topic] ??= {})[partition] = offset;
  }
}
