import { type CommitReport, combineStage, mapStage, mergeStage, ok, type Stage } from '@tidemark/stream';
import { commitReport, runningTask, TALLY, taskName } from '../../test/reports.ts';
import type { TaskSnapshot } from '../lifecycle/task-snapshot.ts';
import { collectActivity } from './stage-activity.ts';
import { stageProgress } from './stage-progress.ts';

const source = { kind: 'topics', subscribe: ['in'], startingOffsets: 'earliest' } as const;
const map = mapStage({ name: 'map', source, step: () => ok(1), sinks: [] });
const combine = combineStage({ name: 'combine', source, step: () => ok(1), eventTimeMs: () => 0, queries: [] });
const merge = mergeStage({ name: 'merge', combine: 'combine', queries: [] });

function progress(stage: Stage, commits: readonly [number, CommitReport][], tasks: readonly TaskSnapshot[]) {
  const { observer, take } = collectActivity();
  for (const [partition, report] of commits) observer.committed(taskName(stage.name, partition), report);
  const activity = take().get(stage.name)!;
  const report = { application: 'app', runId: 'run', stage, activity, tasks, nowMs: 20_000, previousMs: 10_000 };
  return stageProgress(report);
}

test('1. commits of several tasks add up; offsets go from the first commit to the last', () => {
  const commits: [number, CommitReport][] = [
    [0, commitReport(0, 10, { written: new Map([['out', 10]]) })],
    [1, commitReport(5, 7, { written: new Map([['out', 1]]) })],
    [0, commitReport(10, 30)],
  ];
  const tasks = [
    runningTask(taskName('map', 0), 30, { latestOffsets: { in: 44 } }),
    runningTask(taskName('map', 1), 7, { latestOffsets: {} }),
    runningTask(taskName('map', 2), 3),
  ];
  expect(progress(map, commits, tasks)).toEqual({
    id: 'app/map',
    runId: 'run',
    name: 'app/map',
    timestamp: '1970-01-01T00:00:20.000Z',
    batchId: 30 + 7 + 3,
    numInputRows: 32,
    inputRowsPerSecond: 3.2,
    processedRowsPerSecond: 32_000 / 30,
    durationMs: { triggerExecution: 30, lookup: 0, turn: 6, send: 9, commit: 15 },
    eventTime: { watermark: '1970-01-01T00:00:00.000Z' },
    stateOperators: [],
    sources: [
      {
        description: 'KafkaV2[Subscribe[in]]',
        startOffset: { in: { 0: 0, 1: 5 } },
        endOffset: { in: { 0: 30, 1: 7 } },
        latestOffset: { in: { 0: 44, 1: 7 } },
        numInputRows: 32,
        inputRowsPerSecond: 3.2,
        processedRowsPerSecond: 32_000 / 30,
      },
    ],
    sink: { description: 'KafkaSink[error-events]', numOutputRows: 11 },
  });
});

test('2. the watermark is the smallest over tasks and queries; one task without any holds it at 1970', () => {
  const commits: [number, CommitReport][] = [[0, commitReport(0, 1)]];
  const one = runningTask(taskName('combine', 0), 1, { watermarkMs: { a: 9_000, b: 7_000 } });
  const two = runningTask(taskName('combine', 1), 1, { watermarkMs: { a: 8_000, b: 8_000 } });
  const none = runningTask(taskName('combine', 2), 1);
  expect(progress(combine, commits, [one, two]).eventTime).toEqual({ watermark: '1970-01-01T00:00:07.000Z' });
  expect(progress(combine, commits, [one, two, none]).eventTime).toEqual({ watermark: '1970-01-01T00:00:00.000Z' });
});

test('3. a stage with rows has a state operator; what was late shows where it is decided', () => {
  const commits: [number, CommitReport][] = [
    [0, commitReport(0, 4, { rowsUpdated: 3, rowsRemoved: 1, tallies: { q: { ...TALLY, late: 2 } } })],
  ];
  const tasks = [runningTask(taskName('merge', 0), 4, { rows: 5 }), runningTask(taskName('merge', 1), 0, { rows: 6 })];
  const { stateOperators, sources } = progress(merge, commits, tasks);
  expect(stateOperators).toEqual([
    {
      operatorName: 'stateStoreSave',
      numRowsTotal: 11,
      numRowsUpdated: 3,
      numRowsRemoved: 1,
      numRowsDroppedByWatermark: 2,
      commitTimeMs: 5,
    },
  ]);
  expect(sources[0]?.description).toBe('KafkaV2[Subscribe[tidemark.app.combine.partials]]');
});

test('4. what was taken is not reported again', () => {
  const { observer, take } = collectActivity();
  observer.committed(taskName('map', 0), commitReport(0, 1));
  expect([...take().keys()]).toEqual(['map']);
  expect(take().size).toBe(0);
  observer.committed(taskName('map', 0), commitReport(1, 3));
  expect(take().get('map')).toMatchObject({ commits: 1, records: 2, startOffset: { in: { 0: 1 } } });
});
