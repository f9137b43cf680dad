import { buildProgress, describeKafkaSource, type BatchSummary } from './build-progress.ts';

const batch: BatchSummary = {
  id: 'query-1',
  runId: 'run-1',
  name: 'window-sales',
  batchId: 7,
  triggerMs: Date.UTC(2026, 0, 1, 0, 1),
  previousTriggerMs: Date.UTC(2026, 0, 1, 0, 0, 50),
  durationMs: { triggerExecution: 250, commit: 12 },
  eventTime: { maxMs: Date.UTC(2026, 0, 1), watermarkMs: Date.UTC(2025, 11, 31, 23, 59, 50) },
  stateOperators: [],
  sources: [
    {
      description: 'KafkaV2[Subscribe[sales-events]]',
      startOffset: { 'sales-events': { 0: 10 } },
      endOffset: { 'sales-events': { 0: 90 } },
      latestOffset: { 'sales-events': { 0: 100 } },
      numInputRows: 80,
    },
    { description: 'KafkaV2[Subscribe[b]]', startOffset: {}, endOffset: {}, latestOffset: {}, numInputRows: 20 },
  ],
  sink: { description: 'KafkaSink[window-sales]', numOutputRows: 4 },
};

test('1. rows are summed over the sources, and rates follow from the times', () => {
  const progress = buildProgress(batch);
  expect(progress).toMatchObject({
    timestamp: '2026-01-01T00:01:00.000Z',
    numInputRows: 100,
    inputRowsPerSecond: 10,
    processedRowsPerSecond: 400,
    eventTime: { max: '2026-01-01T00:00:00.000Z', watermark: '2025-12-31T23:59:50.000Z' },
  });
  expect(progress.sources.map((source) => source.inputRowsPerSecond)).toEqual([8, 2]);
  expect(Object.keys(progress.eventTime)).toEqual(['max', 'watermark']);
});

test('2. the first trigger, and one that took no time, have rates of 0, not of infinity', () => {
  const progress = buildProgress({ ...batch, previousTriggerMs: undefined, durationMs: { triggerExecution: 0 } });
  expect(progress.inputRowsPerSecond).toBe(0);
  expect(progress.processedRowsPerSecond).toBe(0);
});

test.each([
  [{ subscribe: ['a', 'b'] }, 'KafkaV2[Subscribe[a, b]]'],
  [{ subscribePattern: 'sales-.*' }, 'KafkaV2[SubscribePattern[sales-.*]]'],
  [{ assign: { a: [0, 2], b: [1] } }, 'KafkaV2[Assign[a-0, a-2, b-1]]'],
])('3. %j is described as Spark does', (source, description) => {
  expect(describeKafkaSource(source)).toBe(description);
});
