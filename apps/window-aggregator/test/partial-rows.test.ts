import { encodeProcessedEvent, partialsTopic } from '@tidemark/schemas';
import { TopologyDriver } from '@tidemark/testing';
import { createTopology } from '../src/topology.ts';

const PRODUCTS = ['laptop', 'phone', 'tablet', 'watch'];
const SALES = 30_000;
/** Not on a window's edge: a minute that touches as many windows as one can. */
const START_S = 1_767_225_613;

function sale(index: number): { value: string } {
  const timestampS = START_S + (index % 60);
  const product = PRODUCTS[index % PRODUCTS.length]!;
  return {
    value: encodeProcessedEvent({
      eventId: `event_${index}`,
      timestampS,
      product,
      price: 100,
      quantity: 1,
      region: 'North',
    }),
  };
}

test('30,000 sales of four products within a minute, in one batch, become at most 16 partial rows', async () => {
  const driver = await TopologyDriver.start({
    partitions: { 'processed-events': 1 },
    runtime: { maxRecordsPerTurn: SALES },
    topologies: [
      createTopology({
        source: { kind: 'topics', subscribe: ['processed-events'], startingOffsets: 'earliest' },
        window: { sizeMs: 60_000, slideMs: 30_000 },
        watermarkDelayMs: 10_000,
        closesWhenIdle: false,
        mode: 'update',
        everyMs: 0,
        maxFutureMs: 300_000,
      }),
    ],
  });
  const { version } = driver.position('window-aggregator/combine/0');
  await driver.pipeInput(
    'processed-events',
    Array.from({ length: SALES }, (_, index) => sale(index)),
  );

  expect(driver.position('window-aggregator/combine/0').version).toBe(version + 1);
  const records = driver.readOutput(partialsTopic('window-aggregator', 'combine'));
  const partials = records.filter(({ key }) => key !== null);
  expect(partials.length).toBeGreaterThan(0);
  expect(partials.length).toBeLessThanOrEqual(16);
  const rows = driver.rows('window-aggregator/merge');
  const emitted = driver.readJson<{ window_orders: number }>('window-sales');
  // Each sale counts in two windows.
  expect(emitted.reduce((sum, row) => sum + row.window_orders, 0)).toBe(2 * SALES);
  expect(rows.length).toBeLessThanOrEqual(emitted.length);
  await driver.stop();
});
