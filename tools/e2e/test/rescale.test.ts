import { generateSales } from '../src/check/generate-sales.ts';
import { processedFaults } from '../src/check/event-ids.ts';
import { expectedSummary, expectedWindows, processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { rowFaults } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { isFullRun } from '../src/full-run.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { countRecords, readTopic } from '../src/kcat/read-topic.ts';
import { operate } from '../src/operate.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import { type Pipeline, SALES_WORKERS } from '../src/workers/pipeline.ts';
import { assertNothingRefused } from './run.ts';

const stack = useStack();
const TOPIC = 'sales-events';
const ENV = { SOURCE_SESSION_TIMEOUT: '6s', SOURCE_MAX_OFFSETS_PER_TRIGGER: '2000' };
/** Sales of one round of feeding. */
const ROUND = 2_000;

/** A steady flow into so many partitions, in rounds, until it is stopped. */
function startFeed(sales: readonly Sale[], from: number, partitions: number) {
  let stopped = false;
  const running = (async () => {
    let at = from;
    for (; !stopped && at < sales.length; at += ROUND) await feedRound(sales.slice(at, at + ROUND), partitions);
    return Math.min(at, sales.length);
  })();
  return {
    /** @returns how many of the sales are in */
    async stop(): Promise<number> {
      stopped = true;
      return running;
    },
    running,
  };
}

async function feedRound(round: readonly Sale[], partitions: number): Promise<void> {
  for (let partition = 0; partition < partitions; partition += 1) {
    const lines = round.filter((_, i) => i % partitions === partition).map((sale) => JSON.stringify(sale));
    await feedLines({ broker: stack.broker, topic: TOPIC, partition }, lines);
  }
}

async function assertExact(sales: readonly Sale[]): Promise<void> {
  const { broker } = stack;
  await assertNothingRefused(broker);
  const faults = [
    ...rowFaults('sales-summary', expectedSummary(sales), await readTopic(broker, 'sales-summary')),
    ...rowFaults('window-sales', expectedWindows(sales), await readTopic(broker, 'window-sales')),
    ...processedFaults(new Map(sales.map((sale) => [sale.event_id, processedEventText(sale)])), await readTopic(broker, 'processed-events')), // prettier-ignore
  ];
  expect(faults.slice(0, 5)).toEqual([]);
}

/** Each instance of each worker has tasks of its own, and they go on. */
async function untilShared(pipeline: Pipeline, instances: number): Promise<void> {
  await pipeline.ready();
  const before = await countRecords(stack.broker, 'processed-events');
  await eventually(`${instances} share the work`, async () => {
    for (const name of SALES_WORKERS) {
      expect(pipeline.running(name)).toHaveLength(instances);
      const takeOvers = await Promise.all(
        pipeline.running(name).map(async (worker) => sumOf(await worker.metrics(), 'tidemark_takeovers_total')),
      );
      // A parser of three partitions has work for three.
      const busy = takeOvers.filter((count) => count > 0).length;
      expect(busy).toBeGreaterThanOrEqual(name === 'parser' ? Math.min(3, instances) : instances);
    }
    expect(await countRecords(stack.broker, 'processed-events')).toBeGreaterThan(before);
  });
}

const testWhenFull = isFullRun() ? test : test.skip;

testWhenFull('1, then 4, then 2 instances of each worker under load: exact', async () => {
  const sales = generateSales(200_000);
  await createInputTopic(stack.broker, TOPIC, 3);
  const pipeline = stack.pipeline(ENV);
  SALES_WORKERS.forEach((name) => pipeline.start(name));
  const feed = startFeed(sales, 0, 3);
  await untilShared(pipeline, 1);
  for (const name of SALES_WORKERS) for (let more = 0; more < 3; more += 1) pipeline.start(name);
  await untilShared(pipeline, 4);
  for (const name of SALES_WORKERS) {
    // One leaves in order, one is killed.
    const [leaves, dies] = pipeline.running(name);
    leaves!.signal('SIGTERM');
    dies!.signal('SIGKILL');
    expect(await leaves!.ended).toBe('exit 0');
    await dies!.ended;
  }
  await untilShared(pipeline, 2);
  const fed = sales.slice(0, await feed.stop());
  await eventually('exact results', () => assertExact(fed), { deadlineMs: 180_000, everyMs: 2_000 });
  await pipeline.drain();
  await assertExact(fed);
  process.stdout.write(`${fed.length} sales, 1 to 4 to 2 instances\n`);
});

testWhenFull('a source gets twice as many partitions while the others run: nothing lost, nothing late', async () => {
  const sales = generateSales(60_000);
  await createInputTopic(stack.broker, TOPIC, 3);
  const pipeline = stack.pipeline(ENV);
  SALES_WORKERS.forEach((name) => pipeline.start(name));
  const feed = startFeed(sales, 0, 3);
  await untilShared(pipeline, 1);
  await expect(operate(stack, 'grow', TOPIC, '--partitions', '6')).rejects.toThrow(/TM_APPLICATION_ACTIVE.*parser/);
  const [parser] = pipeline.running('parser');
  parser!.signal('SIGTERM');
  expect(await parser!.ended).toBe('exit 0');
  const fed = await feed.stop();
  expect(await operate(stack, 'grow', TOPIC, '--partitions', '6')).toEqual([`${TOPIC} has 6 partitions; 3 new tasks in parser`]); // prettier-ignore
  const rest = startFeed(sales, fed, 6);
  pipeline.start('parser');
  await rest.running;
  await eventually('exact results', () => assertExact(sales), { deadlineMs: 180_000, everyMs: 2_000 });
  await pipeline.drain();
  await assertExact(sales);
});

testWhenFull('a stopped worker is reset, and starts as if it never had', async () => {
  const sales = generateSales(5_000);
  await createInputTopic(stack.broker, TOPIC, 3);
  await feedRound(sales, 3);
  for (const run of [1, 2]) {
    const pipeline = stack.pipeline(ENV);
    SALES_WORKERS.forEach((name) => pipeline.start(name));
    await pipeline.drain();
    if (run === 2) break;
    for (const name of SALES_WORKERS) {
      await expect(operate(stack, 'reset', name)).rejects.toThrow();
      expect((await operate(stack, 'reset', name, '--yes'))[0]).toMatch(`${name} has no state any more`);
    }
  }
  expect(await countRecords(stack.broker, 'processed-events')).toBe(2 * sales.length);
});
