import { TidemarkError } from '@tidemark/schemas';
import { initialPosition, type CommitReport, type Position, type TakeOverReport } from '@tidemark/stream';
import { createMetrics } from './metrics.ts';
import { createMetricsObserver } from './metrics-observer.ts';

const TASK = { application: 'shop', stage: 'combine', partition: 1 };
const position: Position = { ...initialPosition('inc-1', { a: 0 }), frontierMs: 5_000, labels: { not_json: 3 } };
const takeOver: TakeOverReport = { changelogRecords: 7, fromCheckpoint: true, rows: 4, position, durationMs: 120 };
const commit: CommitReport = {
  position: { ...position, frontierMs: 9_000, labels: { not_json: 5, amount_out_of_range: 1 } },
  records: 10,
  written: new Map([
    ['tidemark.shop.combine.partials', 2],
    ['error-events', 3],
  ]),
  tallies: { sales: { read: 10, ok: 7, skipped: 0, late: 0, error: 3, lateWindows: 0 } },
  rows: 6,
  rowsUpdated: 2,
  rowsRemoved: 0,
  durationMs: { turnMs: 4, sendMs: 6, commitMs: 9 },
  watermarkMs: { sales: 8_000 },
  startInputs: { a: 0 },
};

function observe() {
  const clock = { nowMs: 100_000 };
  const metrics = createMetrics();
  const observer = createMetricsObserver(metrics, () => clock.nowMs);
  /** The series of the observed stage: `name{labels} value`, less the buckets. */
  const series = async () =>
    (await metrics.text()).split('\n').filter((line) => line.includes('stage="combine"') && !line.includes('_bucket'));
  return { clock, observer, series };
}

test('1. a take-over and a commit become counts, durations and gauges', async () => {
  const { observer, series } = observe();
  observer.tookOver(TASK, takeOver);
  observer.committed(TASK, commit);
  expect(await series()).toEqual(
    expect.arrayContaining([
      'tidemark_takeovers_total{stage="combine",source="checkpoint"} 1',
      'tidemark_changelog_records_read_total{stage="combine"} 7',
      'tidemark_restored_rows_total{stage="combine"} 4',
      'tidemark_takeover_duration_seconds_sum{stage="combine"} 0.12',
      'tidemark_commits_total{stage="combine"} 1',
      'tidemark_batches_total{stage="combine"} 1',
      'tidemark_partial_rows_total{stage="combine"} 2',
      'tidemark_output_records_total{stage="combine",topic="error-events"} 3',
      'tidemark_turn_duration_seconds_sum{stage="combine"} 0.004',
      'tidemark_commit_duration_seconds_sum{stage="combine"} 0.015',
      'tidemark_records_total{stage="combine",query="sales",outcome="error"} 3',
      'tidemark_state_rows{stage="combine",partition="1"} 6',
      'tidemark_frontier_timestamp_seconds{stage="combine",partition="1"} 9',
      'tidemark_watermark_timestamp_seconds{stage="combine",partition="1",query="sales"} 8',
    ]),
  );
});

test('2. errors count from the take-over on, although a position counts from its beginning', async () => {
  const { observer, series } = observe();
  observer.tookOver(TASK, takeOver);
  observer.committed(TASK, commit);
  observer.committed(TASK, commit);
  expect((await series()).filter((line) => line.startsWith('tidemark_errors_total'))).toEqual([
    'tidemark_errors_total{stage="combine",code="not_json"} 2',
    'tidemark_errors_total{stage="combine",code="amount_out_of_range"} 1',
  ]);
});

test('3. checkpoint lag is the age of the oldest commit that is not in it', async () => {
  const { clock, observer, series } = observe();
  const lag = async () => (await series()).find((line) => line.startsWith('tidemark_checkpoint_lag'))?.split(' ')[1];
  observer.tookOver(TASK, takeOver);
  observer.committed(TASK, commit);
  clock.nowMs += 2_000;
  observer.committed(TASK, commit);
  observer.checkpointed(TASK, 'failed', 10);
  expect(await lag()).toBe('2');
  clock.nowMs += 500;
  observer.checkpointed(TASK, 'replaced', 10);
  expect(await lag()).toBe('0');
  observer.committed(TASK, commit);
  observer.checkpointed(TASK, 'applied', 200);
  expect(await lag()).toBe('0.2');
});

test('4. a failure counts by code; a task that stopped or went leaves no gauges', async () => {
  const { observer, series } = observe();
  const gauges = async () => (await series()).filter((line) => line.includes('partition="1"'));
  observer.tookOver(TASK, takeOver);
  observer.committed(TASK, commit);
  observer.lagged(TASK, 5, 8);
  observer.checkpointed(TASK, 'applied', 1);
  observer.failed(TASK, new TidemarkError('TM_FENCED', 'a newer owner'), false);
  expect(await gauges()).toHaveLength(6);
  observer.failed(TASK, new Error('odd'), true);
  expect(await gauges()).toEqual([]);
  observer.tookOver(TASK, takeOver);
  expect(await gauges()).toHaveLength(2);
  observer.forget(TASK);
  expect(await gauges()).toEqual([]);
  expect((await series()).filter((line) => line.startsWith('tidemark_task_failures_total'))).toEqual([
    'tidemark_task_failures_total{stage="combine",code="TM_FENCED"} 1',
    'tidemark_task_failures_total{stage="combine",code="unknown"} 1',
  ]);
});
