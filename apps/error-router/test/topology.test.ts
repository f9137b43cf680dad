import { encodeErrorRecord } from '@tidemark/schemas';
import { MemoryLog, type LogRecord } from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { createOriginalsLookup } from '../src/read-originals.ts';
import { createTopology } from '../src/topology.ts';

/** Larger than what an error record carries of it. */
const LARGE = Buffer.alloc(100_000, 'x');

function errorOf(offset: number, value: Buffer): { key: string; value: string } {
  const source = { topic: 'sales-events', partition: 0, offset, timestampMs: 1_767_225_600_000, key: Buffer.from('k') };
  const error = {
    errorMessage: 'm',
    batchId: 1,
    errorTimeMs: 0,
    code: 'not_json',
    worker: 'parser',
    step: 'parseSale',
  };
  return { key: 'error', value: encodeErrorRecord({ ...error, attempt: 1, source }, value) };
}

/** The dead letters of error records about `sales-events/0`, which holds one large record. */
async function route(errors: readonly { key: string; value: string }[]): Promise<LogRecord[]> {
  const inputs = new MemoryLog();
  await inputs.admin.createTopics([{ topic: 'sales-events', partitions: 1, config: {} }]);
  inputs.append('sales-events', 0, [{ key: 'k', value: LARGE }]);
  const driver = await TopologyDriver.start({
    topologies: [
      createTopology({
        source: { kind: 'topics', subscribe: ['error-events'], startingOffsets: 'earliest' },
        lookup: createOriginalsLookup(inputs.reader()),
      }),
    ],
  });
  await driver.pipeInput('error-events', errors);
  expect(driver.position('error-router/route/0').labels).toEqual({ not_json: errors.length });
  const letters = [...driver.readOutput('dead-letters')];
  await driver.stop();
  return letters;
}

test('a dead letter is the original, with the error in its headers', async () => {
  const [letter] = await route([errorOf(7, Buffer.from([0xff, 0x00]))]);
  expect([letter!.key!.toString(), [...letter!.value!]]).toEqual(['k', [0xff, 0x00]]);
  const headers = Object.fromEntries(Object.entries(letter!.headers).map(([name, value]) => [name, value.toString()]));
  expect(headers).toMatchObject({ 'tidemark-error-code': 'not_json', 'tidemark-source': 'sales-events/0/7' });
  expect(headers['truncated']).toBeUndefined();
});

test('an original that was cut is read again at its source; one that is gone says so', async () => {
  const [whole, cut] = await route([errorOf(0, LARGE), errorOf(5, LARGE)]);
  expect(whole!.value!.equals(LARGE)).toBe(true);
  expect(whole!.headers['truncated']).toBeUndefined();
  expect(cut!.value!.length).toBe(65_536);
  expect(cut!.headers['truncated']!.toString()).toBe('true');
});
