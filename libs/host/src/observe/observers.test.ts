import { TidemarkError } from '@tidemark/schemas';
import { initialPosition, type Logger, silentObserver } from '@tidemark/stream';
import { createMetrics } from '@tidemark/telemetry';
import { commitReport, taskName } from '../../test/reports.ts';
import { logTasks } from './log-tasks.ts';
import { observeAll } from './observe-all.ts';
import { createTaskMetrics } from './task-metrics.ts';

const task = taskName('merge', 2);
const takeOver = {
  changelogRecords: 7,
  fromCheckpoint: true,
  rows: 3,
  position: initialPosition('one', { in: 5 }),
  durationMs: 12,
};

function recordingLogger() {
  const lines: [level: string, fields: object, message: string][] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { lines, logger };
}

test('1. all observers are told all, in their order', () => {
  const calls: string[] = [];
  const named = (name: string) => ({
    tookOver: () => void calls.push(`${name} tookOver`),
    committed: () => void calls.push(`${name} committed`),
    failed: () => void calls.push(`${name} failed`),
    checkpointed: () => void calls.push(`${name} checkpointed`),
    lagged: () => void calls.push(`${name} lagged`),
  });
  const all = observeAll([named('a'), named('b')]);
  all.tookOver(task, takeOver);
  all.committed(task, commitReport(0, 1));
  all.failed(task, new Error('x'), false);
  all.checkpointed(task, 'applied', 1);
  all.lagged(task, 0, 0);
  const events = Object.keys(silentObserver);
  expect(calls).toEqual(events.flatMap((event) => [`a ${event}`, `b ${event}`]));
});

test('2. log lines name stage, partition, topic and batch; commits are for debugging only', () => {
  const { lines, logger } = recordingLogger();
  const observer = logTasks(logger);
  observer.tookOver(task, takeOver);
  observer.committed(task, commitReport(5, 9));
  expect(lines).toMatchObject([
    ['info', { stage: 'merge', partition: 2, batchId: 1, inputs: { in: 5 }, rows: 3 }, 'task taken over'],
    ['debug', { stage: 'merge', partition: 2, topic: 'in', batchId: 9, records: 4 }, 'committed'],
  ]);
});

test('3. the end of a task is an error, a failure that passes a warning, a take-over elsewhere neither', () => {
  const { lines, logger } = recordingLogger();
  const observer = logTasks(logger);
  observer.failed(task, new Error('x'), true);
  observer.failed(task, new Error('x'), false);
  observer.failed(task, new TidemarkError('TM_FENCED', 'app'), false);
  expect(lines.map(([level]) => level)).toEqual(['error', 'warn', 'info']);
});

test('4. gauges of a task go when it is not ours any more, and come back with it', async () => {
  const metrics = createMetrics();
  const { observers, keepOnly } = createTaskMetrics(metrics, () => 0);
  const observer = observeAll(observers);
  const series = 'tidemark_state_rows{stage="merge",partition="2"} 3';
  observer.tookOver(task, takeOver);
  keepOnly([task]);
  expect(await metrics.text()).toContain(series);
  keepOnly([taskName('merge', 1)]);
  expect(await metrics.text()).not.toContain(series);
  observer.tookOver(task, takeOver);
  keepOnly([task]);
  expect(await metrics.text()).toContain(series);
});
