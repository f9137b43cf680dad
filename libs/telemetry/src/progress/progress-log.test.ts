import { buildProgress, type StreamingQueryProgress } from '@tidemark/stream';
import { createProgressLog } from './progress-log.ts';

function progressOf(batchId: number): StreamingQueryProgress {
  return buildProgress({
    id: 'q',
    runId: 'r',
    name: 'q',
    batchId,
    triggerMs: batchId,
    durationMs: { triggerExecution: 1 },
    eventTime: {},
    stateOperators: [],
    sources: [],
    sink: { description: 'console', numOutputRows: 0 },
  });
}

test.each([
  [0, []],
  [2, [0, 1]],
  [3, [0, 1, 2]],
  [4, [1, 2, 3]],
  [8, [5, 6, 7]],
])('after %i batches the last three are kept, oldest first', (count, kept) => {
  const log = createProgressLog(3);
  for (let i = 0; i < count; i += 1) log.add(progressOf(i));
  expect(log.recent().map((progress) => progress.batchId)).toEqual(kept);
});

test('100 by default', () => {
  const log = createProgressLog();
  for (let i = 0; i < 250; i += 1) log.add(progressOf(i));
  expect(log.recent()).toHaveLength(100);
});
