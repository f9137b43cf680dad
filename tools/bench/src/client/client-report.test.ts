import { clientSummary, measureTable } from './client-report.ts';

const PRODUCE = {
  ours: [600_000, 500_000, 100_000],
  stock: [100_000, 90_000, 10_000],
  java: [400_000, 450_000, 90_000],
  platformatic: [300_000, 300_000, 300_000],
};
const SMALL = { ours: [11.04, 13, 10], stock: [268, 267.5, 265] };

test('ratios are taken round by round, so that a slow round does no harm', () => {
  const { measures } = clientSummary(1_000_000, 3, { produce: PRODUCE });
  expect(measures['produce']).toEqual({
    unit: 'records/s',
    median: { ours: 500_000, stock: 90_000, java: 400_000, platformatic: 300_000 },
    rounds: PRODUCE,
    against: {
      stock: { ratio: 6, goal: 5, met: true },
      java: { ratio: 1.11, goal: 1.2, met: false },
      platformatic: { ratio: 1.67 },
    },
  });
});

test('of durations less is better, and a goal can be for the figure itself', () => {
  const { measures, goalsMet } = clientSummary(1, 3, { smallTransaction: SMALL });
  expect(measures['smallTransaction']).toMatchObject({
    median: { ours: 11.04 },
    against: { stock: { ratio: 24.28 } },
    atMost: { goal: 12, met: true },
  });
  expect(goalsMet).toBe(true);
});

test('one goal that is not met shows in the whole', () => {
  expect(clientSummary(1, 3, { produce: PRODUCE, smallTransaction: SMALL }).goalsMet).toBe(false);
});

test('a client that could not be run is not compared', () => {
  const { measures, goalsMet } = clientSummary(1, 3, { produce: { ours: PRODUCE.ours, stock: PRODUCE.stock } });
  expect(Object.keys(measures['produce']!.against)).toEqual(['stock']);
  expect(goalsMet).toBe(true);
});

test('the tables fit into 80 columns, and say what is met', () => {
  const lines = [...measureTable('produce', PRODUCE), ...measureTable('smallTransaction', SMALL)];
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  const text = lines.join('\n');
  expect(text).toMatch(/KafkaJS 2\.2\.4 .* x 6\.00 +>= 5: met/);
  expect(text).toMatch(/Java perf tool .* x 1\.11 +>= 1\.2: NOT met/);
  expect(text).toMatch(/tidemark .*<= 12 ms: met/);
});
