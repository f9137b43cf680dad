import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TopologyDriver } from '@tidemark/testing';
import { createTopology } from '../src/topology.ts';

const FIXTURE = join(__dirname, '../../../libs/schemas/test/fixtures/from-json.jsonl');
const values = readFileSync(FIXTURE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as { readonly value: string; readonly expected: 'valid' | 'error' });

async function start(writesProcessedData: boolean): Promise<TopologyDriver> {
  const source = { kind: 'topics', subscribe: ['sales-events'], startingOffsets: 'earliest' } as const;
  const topology = createTopology({ source, maxFutureMs: 300_000, writesProcessedData });
  return TopologyDriver.start({ topologies: [topology], partitions: { 'sales-events': 1 } });
}

test('each awkward value has its fate, as exactly one record', async () => {
  const driver = await start(true);
  for (const { value, expected } of values) {
    await driver.pipeInput('sales-events', [{ value }]);
    const fates = [driver.readOutput('processed-events').length, driver.readOutput('error-events').length];
    expect([value, ...fates]).toEqual([value, ...(expected === 'valid' ? [1, 0] : [0, 1])]);
  }
  const { read, ok, skipped, late, error } = driver.position('parser/parse/0').tallies['parse']!;
  expect(read).toBe(values.length);
  expect(ok + skipped + late + error).toBe(read);
  await driver.stop();
});

test('processed-data holds the six fields of the schema, and only when it is wanted', async () => {
  const sale = { region: 'North', extra: 1, event_id: 'e', timestamp: 1767225600, product: 'p', price: 1, quantity: 2 };
  const with_ = await start(true);
  await with_.pipeInput('sales-events', [{ value: JSON.stringify(sale) }]);
  expect(with_.readOutput('processed-data').map(({ value }) => value!.toString())).toEqual([
    '{"event_id":"e","timestamp":1767225600,"product":"p","price":1,"quantity":2,"region":"North"}',
  ]);
  await with_.stop();
  const without = await start(false);
  await without.pipeInput('sales-events', [{ value: JSON.stringify(sale) }]);
  expect(without.readOutput('processed-data')).toEqual([]);
  expect(without.readOutput('processed-events')).toHaveLength(1);
  await without.stop();
});
