import { pipelineSummary, pipelineTable } from './pipeline-report.ts';
import type { VariantResult } from './run-variant.ts';

const usage = { parser: { cpuS: 4.211, rssMb: 200, maxRssMb: 301.4 } };
const good: VariantResult = {
  seconds: 8,
  processingSeconds: 5,
  parserSeconds: 6,
  usage,
  check: { exact: true, inputs: 1_000, errors: 3, findings: { count: 0, samples: [] } },
  partialRows: { 'tidemark.a.partials': 20, 'tidemark.b.partials': 30 },
  javaProducerPerSecond: 312.5,
};
const bad: VariantResult = {
  ...good,
  seconds: 4,
  check: { ...good.check, exact: false, findings: { count: 7, samples: ['processed-events: x is missing'] } },
};

test('the figures are those of the first variant', () => {
  const summary = pipelineSummary(1_000, { withProcessedData: [good], withoutProcessedData: [good] });
  expect(summary).toMatchObject({
    events: 1_000,
    seconds: 8,
    eventsPerSecond: 125,
    exact: true,
    maxRssMb: { parser: 301 },
    cpuSeconds: { parser: 4.21 },
    partialRows: 50,
    partialRowsPerInput: 0.05,
  });
});

test('one variant that is not exact makes the whole not exact', () => {
  const summary = pipelineSummary(1_000, { withProcessedData: [good], withoutProcessedData: [bad] });
  expect(summary.exact).toBe(false);
  expect(summary.variants['withProcessedData']).toMatchObject({ exact: true, eventsPerSecond: 125 });
  expect(summary.variants['withoutProcessedData']).toMatchObject({ exact: false, eventsPerSecond: 250 });
});

test('the pipeline is compared with what a Java producer reaches on the same broker', () => {
  const { javaProducer } = pipelineSummary(1_000, { withProcessedData: [good] });
  expect(javaProducer).toEqual({ recordsPerSecond: 313, ratio: 0.4, processingRatio: 0.64, goal: 0.4, met: true });
  expect(pipelineTable(1_000, { withProcessedData: [good] }).join('\n')).toContain('is 0.4 of it (goal >= 0.4: met)');
  const faster = { ...good, javaProducerPerSecond: 320 };
  expect(pipelineSummary(1_000, { withProcessedData: [faster] }).javaProducer?.met).toBe(false);
});

test('without Java there is no comparison', () => {
  const without = { ...good, javaProducerPerSecond: undefined };
  expect(pipelineSummary(1_000, { withProcessedData: [without] }).javaProducer).toBeUndefined();
  expect(pipelineTable(1_000, { withProcessedData: [without] }).join('\n')).toContain('could not be had');
});

test('people see what is wrong', () => {
  const text = pipelineTable(1_000, { withProcessedData: [bad] }).join('\n');
  expect(text).toContain('NOT exact, 7 findings');
  expect(text).toContain('x is missing');
});

test('of several rounds the figures are those of the one in the middle, by its ratio to Java', () => {
  // The machine was slow in the second: so was Java's tool, and the pipeline did well.
  const rounds = [good, { ...good, seconds: 12, javaProducerPerSecond: 150 }, { ...good, seconds: 16 }];
  const summary = pipelineSummary(1_000, { withProcessedData: rounds });
  expect(summary).toMatchObject({ seconds: 8, javaProducer: { ratio: 0.4 } });
  expect(summary.rounds.map(({ seconds, ratio }) => [seconds, ratio])).toEqual([
    [8, 0.4],
    [12, 0.556],
    [16, 0.2],
  ]);
  expect(pipelineTable(1_000, { withProcessedData: rounds }).join('\n')).toContain('the round in the middle');
});

test('a round without a figure of Java is not the one in the middle', () => {
  const rounds = [good, { ...good, seconds: 9, javaProducerPerSecond: undefined }];
  expect(pipelineSummary(1_000, { withProcessedData: rounds }).javaProducer?.ratio).toBe(0.4);
});

test('a round that is not exact makes the whole not exact, and is shown', () => {
  const rounds = { withProcessedData: [good, bad, good] };
  expect(pipelineSummary(1_000, rounds).exact).toBe(false);
  expect(pipelineTable(1_000, rounds).join('\n')).toContain('x is missing');
});
