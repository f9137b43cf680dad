import { expectedSummary, expectedWindows } from '../src/check/expected-sales.ts';
import { generateSales } from '../src/check/generate-sales.ts';
import { lastRows, type ResultTopic, type Row, rowId } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { listTopics } from '../src/kcat/topics.ts';
import { operate } from '../src/operate.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';
import { SALES_WORKERS } from '../src/workers/pipeline.ts';
import { assertNothingRefused, dealInTurn } from './run.ts';

const stack = useStack();
const AGGREGATORS = ['window-aggregator', 'region-aggregator'] as const;
const sales = generateSales(16_000);
const half = sales.length / 2;

async function feed(from: number, to: number): Promise<void> {
  const lines = sales.slice(from, to).map((sale) => JSON.stringify(sale));
  for (const [partition, dealt] of dealInTurn(lines).entries()) {
    await feedLines({ broker: stack.broker, topic: 'sales-events', partition }, dealt);
  }
}

/** The last record of each row, whichever application wrote it. */
async function assertFinal(topic: ResultTopic, expected: readonly Row[]): Promise<void> {
  const records = await readTopic(stack.broker, topic);
  const rows = records.map(({ value }) => JSON.parse(value!.toString()) as Row);
  const byId = (list: readonly Row[]) => Object.fromEntries(list.map((row) => [rowId(topic, row), row]));
  expect(byId(lastRows(topic, rows))).toEqual(byId(expected));
}

async function assertResults(): Promise<void> {
  await assertNothingRefused(stack.broker);
  await assertFinal('sales-summary', expectedSummary(sales));
  await assertFinal('window-sales', expectedWindows(sales));
}

async function untilInTheMiddle(pipeline: Pipeline): Promise<void> {
  for (const worker of AGGREGATORS) {
    await eventually(`${worker} is in the middle`, async () => {
      const samples = await pipeline.metrics(worker);
      expect(sumOf(samples, 'tidemark_records_total', { stage: 'combine' })).toBeGreaterThan(half / 10);
    });
  }
}

test('aggregators go on from a savepoint of a running pipeline, under new ids, with 12 merge tasks instead of 6', async () => {
  const { broker } = stack;
  await createInputTopic(broker, 'sales-events', 3);
  const pipeline = stack.pipeline({ SOURCE_MAX_OFFSETS_PER_TRIGGER: '600' });
  SALES_WORKERS.forEach((worker) => pipeline.start(worker));
  await pipeline.ready();
  await feed(0, half);
  await untilInTheMiddle(pipeline);
  const [created] = await operate(stack, 'savepoint', 'create', 'middle', '--worker', ...AGGREGATORS);
  expect(created).toMatch(/^savepoint middle of [\w-]+, [\w-]+: 24 tasks, \d+ rows/);
  expect((await operate(stack, 'savepoint', 'list'))[0]).toMatch(/^middle {2}\d{4}.*24 tasks/);

  // What they do from here on is not in the savepoint, and is done again.
  for (const worker of AGGREGATORS) {
    const [victim] = pipeline.running(worker);
    victim!.signal('SIGKILL');
    await victim!.ended;
  }
  const names = AGGREGATORS.map((worker) => `${worker}=${worker}-2`);
  await operate(stack, 'savepoint', 'restore', 'middle', '--as', ...names, '--partials', '12');
  expect((await listTopics(broker)).get('tidemark.window-aggregator-2.merge.changelog')).toBe(12);
  AGGREGATORS.forEach((worker) => pipeline.start(worker, { SOURCE_GROUP_ID: `${worker}-2` }));
  await feed(half, sales.length);
  await eventually('exact results', assertResults, { deadlineMs: 120_000, everyMs: 1_000 });
  await pipeline.drain();
  await assertResults();
  for (const line of await operate(stack, 'savepoint', 'create', 'end', '--worker', 'window-aggregator-2')) expect(line).toMatch(/0 records between stages/); // prettier-ignore
});
