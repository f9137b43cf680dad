import { encodeProcessedEvent } from '@tidemark/schemas';
import { TopologyDriver } from '@tidemark/testing';
import { createTopology } from '../src/topology.ts';

function sale(region: string, price: number): { value: string } {
  const event = { eventId: `${region}-${price}`, timestampS: 1_767_225_600, product: 'p', price, quantity: 1, region };
  return { value: encodeProcessedEvent(event) };
}

async function start(mode: 'complete' | 'update', everyMs: number): Promise<TopologyDriver> {
  const source = { kind: 'topics', subscribe: ['processed-events'], startingOffsets: 'earliest' } as const;
  const topology = createTopology({ source, mode, everyMs, maxFutureMs: 300_000 });
  return TopologyDriver.start({ topologies: [topology], partitions: { 'processed-events': 2 } });
}

/** Region, total and count of what was written since the last look. */
function written(driver: TopologyDriver): unknown[][] {
  const rows = driver.readJson('sales-summary');
  return rows.map((row) => [row['region'], row['total_sales'], row['order_count'], row['avg_order_value']]).sort();
}

test('complete mode writes the whole table at its trigger, and nothing when nothing came', async () => {
  const driver = await start('complete', 20_000);
  await driver.pipeInput('processed-events', [sale('North', 100), sale('South', 50)]);
  expect(written(driver)).toEqual([]);
  await driver.advanceTime(20_000);
  expect(written(driver)).toEqual([
    ['North', 100, 1, 100],
    ['South', 50, 1, 50],
  ]);
  await driver.pipeInput('processed-events', [sale('North', 101)], 1);
  await driver.advanceTime(20_000);
  expect(written(driver)).toEqual([
    ['North', 201, 2, 100.5],
    ['South', 50, 1, 50],
  ]);
  await driver.advanceTime(60_000);
  expect(written(driver)).toEqual([]);
  await driver.stop();
});

test('update mode writes the regions that changed, over a restart, too', async () => {
  const driver = await start('update', 20_000);
  await driver.pipeInput('processed-events', [sale('North', 100), sale('South', 50)]);
  await driver.advanceTime(20_000);
  expect(written(driver)).toHaveLength(2);
  await driver.pipeInput('processed-events', [sale('South', 70)], 1);
  await driver.restart();
  await driver.advanceTime(20_000);
  expect(written(driver)).toEqual([['South', 120, 2, 60]]);
  await driver.stop();
});
