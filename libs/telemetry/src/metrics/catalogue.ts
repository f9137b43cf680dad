/**
 * Every metric of Tidemark, declared once. Base units, `_total` on counters. Labels have few values: stages, queries and
 * codes are named in code, partitions are bounded by the topics. `docs/metrics.md` lists them; a test compares.
 */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** Seconds: from a fast commit to a stuck one. */
const DURATION_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const METRICS = {
  records: {
    type: 'counter',
    name: 'tidemark_records_total',
    help: 'Records read by a query, by what became of them: ok, skipped, late (for all windows) or error.',
    labels: ['stage', 'query', 'outcome'],
  },
  lateWindows: {
    type: 'counter',
    name: 'tidemark_late_windows_total',
    help: 'Windows that a record was too late for, of records in time for other windows too.',
    labels: ['stage', 'query'],
  },
  errors: {
    type: 'counter',
    name: 'tidemark_errors_total',
    help: 'Records with an error, by code: written by a stage, or read by error-router.',
    labels: ['stage', 'code'],
  },
  outputRecords: {
    type: 'counter',
    name: 'tidemark_output_records_total',
    help: 'Records written to a topic, committed.',
    labels: ['stage', 'topic'],
  },
  partialRows: {
    type: 'counter',
    name: 'tidemark_partial_rows_total',
    help: 'Partial rows that a combine stage has written.',
    labels: ['stage'],
  },
  batches: {
    type: 'counter',
    name: 'tidemark_batches_total',
    help: 'Commits that contained input records.',
    labels: ['stage'],
  },
  commits: {
    type: 'counter',
    name: 'tidemark_commits_total',
    help: 'Transactions committed.',
    labels: ['stage'],
  },
  commitDuration: {
    type: 'histogram',
    name: 'tidemark_commit_duration_seconds',
    help: 'Of a transaction: sending its records and committing.',
    labels: ['stage'],
    buckets: DURATION_BUCKETS,
  },
  turnDuration: {
    type: 'histogram',
    name: 'tidemark_turn_duration_seconds',
    help: 'Time in the topology per batch, without the transaction.',
    labels: ['stage'],
    buckets: DURATION_BUCKETS,
  },
  taskFailures: {
    type: 'counter',
    name: 'tidemark_task_failures_total',
    help: 'Errors that ended a commit cycle or a take-over, by code.',
    labels: ['stage', 'code'],
  },
  takeOvers: {
    type: 'counter',
    name: 'tidemark_takeovers_total',
    help: 'Take-overs of a task completed, by where the state came from: checkpoint, changelog or nothing.',
    labels: ['stage', 'source'],
  },
  takeOverDuration: {
    type: 'histogram',
    name: 'tidemark_takeover_duration_seconds',
    help: 'From fencing the owner before to reading input.',
    labels: ['stage'],
    buckets: DURATION_BUCKETS,
  },
  changelogRecordsRead: {
    type: 'counter',
    name: 'tidemark_changelog_records_read_total',
    help: 'Changelog records read at take-overs.',
    labels: ['stage'],
  },
  restoredRows: {
    type: 'counter',
    name: 'tidemark_restored_rows_total',
    help: 'State rows that tasks had after their take-over.',
    labels: ['stage'],
  },
  checkpointWrites: {
    type: 'counter',
    name: 'tidemark_checkpoint_writes_total',
    help: 'Checkpoint writes: applied (a delta), replaced (in full), superseded (nothing to do) or failed.',
    labels: ['stage', 'outcome'],
  },
  checkpointLag: {
    type: 'gauge',
    name: 'tidemark_checkpoint_lag_seconds',
    help: 'Age of the oldest commit that the checkpoint lacks; 0 when it has all.',
    labels: ['stage', 'partition'],
  },
  lag: {
    type: 'gauge',
    name: 'tidemark_lag_records',
    help: 'Offsets between the position of a task and the end of its input: last_stable or high_watermark.',
    labels: ['stage', 'partition', 'end'],
  },
  frontier: {
    type: 'gauge',
    name: 'tidemark_frontier_timestamp_seconds',
    help: 'Largest event time that a source task has seen, seconds since 1970.',
    labels: ['stage', 'partition'],
  },
  watermark: {
    type: 'gauge',
    name: 'tidemark_watermark_timestamp_seconds',
    help: 'Watermark of a query in a task, seconds since 1970.',
    labels: ['stage', 'query', 'partition'],
  },
  stateRows: {
    type: 'gauge',
    name: 'tidemark_state_rows',
    help: 'Rows of committed state.',
    labels: ['stage', 'partition'],
  },
  residentMemory: {
    type: 'gauge',
    name: 'tidemark_process_resident_memory_bytes',
    help: 'Resident memory of the process.',
    labels: [],
  },
  heapUsed: {
    type: 'gauge',
    name: 'tidemark_process_heap_used_bytes',
    help: 'JavaScript heap in use.',
    labels: [],
  },
  cpuTime: {
    type: 'counter',
    name: 'tidemark_process_cpu_seconds_total',
    help: 'User and system CPU time that the process has used.',
    labels: [],
  },
  uptime: {
    type: 'gauge',
    name: 'tidemark_process_uptime_seconds',
    help: 'Time since the process started.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricKey = keyof typeof METRICS;
