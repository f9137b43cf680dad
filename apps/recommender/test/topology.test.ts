import type { OutputMode } from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { createTopology } from '../src/topology.ts';

const MINUTE_MS = 60_000;
const START_S = 1_767_225_600;

function seen(action: string, minute: number, item = 'item_1'): { value: string } {
  const event = { user_id: 'u', item_id: item, action, timestamp: START_S + minute * 60, category: 'books' };
  return { value: JSON.stringify(event) };
}

async function start(popularityMode: OutputMode): Promise<TopologyDriver> {
  const query = { watermarkDelayMs: 5 * MINUTE_MS, closesWhenIdle: false, everyMs: 0 };
  const topology = createTopology({
    source: { kind: 'topics', subscribe: ['user-behavior'], startingOffsets: 'earliest' },
    maxFutureMs: 300_000,
    interests: { ...query, mode: 'update', window: { sizeMs: 10 * MINUTE_MS, slideMs: 5 * MINUTE_MS } },
    popularity: { ...query, mode: popularityMode, window: { sizeMs: 60 * MINUTE_MS, slideMs: 30 * MINUTE_MS } },
    recommendAbove: 10,
  });
  return TopologyDriver.start({ topologies: [topology], partitions: { 'user-behavior': 1 } });
}

test('views are interests; an item is recommended above a score of 10, a purchase counting five', async () => {
  const driver = await start('update');
  await driver.pipeInput('user-behavior', [
    seen('purchase', 1),
    seen('purchase', 1),
    seen('cart', 1),
    seen('search', 2),
  ]);
  expect(driver.readJson('recommendations')).toEqual([]);
  await driver.pipeInput('user-behavior', [seen('view', 3)]);
  expect(driver.readJson('recommendations').map((row) => row['popularity_score'])).toEqual([11, 11]);
  expect(driver.readJson('user-interests').map((row) => [row['window_start'], row['interest_score']])).toEqual(
    expect.arrayContaining([
      ['2025-12-31T23:55:00.000Z', 1],
      ['2026-01-01T00:00:00.000Z', 1],
    ]),
  );
  // Every row is in the state, also those below the score.
  await driver.pipeInput('user-behavior', [seen('view', 4, 'item_2')]);
  const items = driver.rows('recommender/merge').filter(({ query }) => query === 'recommendations');
  expect(new Set(items.map(({ group }) => group[0]))).toEqual(new Set(['item_1', 'item_2']));
  const { tallies } = driver.position('recommender/combine/0');
  expect(tallies['user-interests']).toMatchObject({ read: 6, ok: 2, skipped: 4 });
  expect(tallies['recommendations']).toMatchObject({ read: 6, ok: 4, skipped: 2 });
  await driver.stop();
});

test('append mode recommends once, when the window is over', async () => {
  const driver = await start('append');
  await driver.pipeInput('user-behavior', [seen('purchase', 40), seen('purchase', 41), seen('view', 42)]);
  await driver.pipeInput('user-behavior', [seen('view', 64)]);
  expect(driver.readJson('recommendations')).toEqual([]);
  await driver.pipeInput('user-behavior', [seen('view', 66)]);
  const final = driver.readJson('recommendations');
  expect(final.map((row) => [row['window_start'], row['popularity_score']])).toEqual([
    ['2026-01-01T00:00:00.000Z', 11],
  ]);
  await driver.pipeInput('user-behavior', [seen('view', 67)]);
  expect(driver.readJson('recommendations')).toEqual([]);
  await driver.stop();
});
