import { generateSales } from '../src/check/generate-sales.ts';
import type { Sale } from '../src/check/expected-sales.ts';
import { eventually } from '../src/eventually.ts';
import { isFullRun } from '../src/full-run.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { countRecords } from '../src/kcat/read-topic.ts';
import { endOfOperate, operate } from '../src/operate.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import { type Pipeline, SALES_WORKERS } from '../src/workers/pipeline.ts';
import { resultsOf, saleLines } from './sales-run.ts';
import { feedRound, type Load, startLoad } from './steady-load.ts';

const stack = useStack();
const TOPIC = 'sales-events';
const ENV = { SOURCE_SESSION_TIMEOUT: '6s', SOURCE_MAX_OFFSETS_PER_TRIGGER: '2000' };
/** Sales of one round of feeding. */
const ROUND = 2_000;

function startFeed(sales: readonly Sale[], from: number, partitions: number, pauseMs?: number): Load {
  const lines = saleLines(sales);
  return startLoad({ broker: stack.broker, topic: TOPIC, partitions, lines, from, atOnce: ROUND, ...(pauseMs && { pauseMs }) }); // prettier-ignore
}

/** Each instance of each worker has tasks of its own, and they go on. */
async function untilShared(pipeline: Pipeline, instances: number, load: Load): Promise<void> {
  await pipeline.ready();
  const before = await countRecords(stack.broker, 'processed-events');
  await eventually(`${instances} share the work`, async () => {
    load.assertGoesOn();
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

/** How many sales there are at most, how fast they come, and how many instances of each worker there are one after another. */
interface Rescaling {
  readonly most: number;
  readonly pauseMs: number;
  readonly instances: readonly number[];
}

/** Smaller where not all cases are wanted. */
const RESCALINGS: readonly Rescaling[] = isFullRun()
  ? [{ most: 600_000, pauseMs: 200, instances: [1, 4, 2] }]
  : [{ most: 300_000, pauseMs: 600, instances: [1, 2, 1] }];

/** Starts instances, or ends some: one leaves in order, the others are killed. */
async function scaleTo(pipeline: Pipeline, instances: number): Promise<void> {
  for (const name of SALES_WORKERS) {
    const running = pipeline.running(name);
    for (let more = running.length; more < instances; more++) pipeline.start(name);
    const leave = running.slice(0, Math.max(0, running.length - instances));
    leave.forEach((worker, i) => worker.signal(i === 0 ? 'SIGTERM' : 'SIGKILL'));
    for (const [i, worker] of leave.entries()) expect(await worker.ended).toBe(i === 0 ? 'exit 0' : 'SIGKILL');
  }
}

test.each(RESCALINGS)('$instances instances of each worker under load: exact', async ({ most, pauseMs, instances }) => {
  const sales = generateSales(most);
  await createInputTopic(stack.broker, TOPIC, 3);
  const pipeline = stack.pipeline(ENV);
  const load = startFeed(sales, 0, 3, pauseMs);
  for (const count of instances) {
    await scaleTo(pipeline, count);
    await untilShared(pipeline, count, load);
  }
  const fed = sales.slice(0, await load.end());
  await assertExact(pipeline, fed);
  process.stdout.write(`${fed.length} sales, ${instances.join(' to ')} instances\n`);
});

/** All results are exact, before the workers drain and after. */
async function assertExact(pipeline: Pipeline, sales: readonly Sale[]): Promise<void> {
  const assertResults = resultsOf(sales);
  await eventually('exact results', () => assertResults(stack.broker), { deadlineMs: 180_000, everyMs: 1_000 });
  await pipeline.drain();
  await assertResults(stack.broker);
}

const testWhenFull = isFullRun() ? test : test.skip;

/** Sales that come when the source has grown. */
const REST = 30_000;

testWhenFull('a source gets twice as many partitions while the others run: nothing lost, nothing late', async () => {
  const sales = generateSales(300_000);
  await createInputTopic(stack.broker, TOPIC, 3);
  const pipeline = stack.pipeline(ENV);
  SALES_WORKERS.forEach((name) => pipeline.start(name));
  const load = startFeed(sales, 0, 3, 200);
  await untilShared(pipeline, 1, load);
  await expect(operate(stack, 'grow', TOPIC, '--partitions', '6')).rejects.toThrow(/TM_APPLICATION_ACTIVE.*parser/);
  const [parser] = pipeline.running('parser');
  parser!.signal('SIGTERM');
  expect(await parser!.ended).toBe('exit 0');
  load.assertGoesOn();
  const fed = await load.end();
  expect(await operate(stack, 'grow', TOPIC, '--partitions', '6')).toEqual([`${TOPIC} has 6 partitions; 3 new tasks in parser`]); // prettier-ignore
  const rest = startFeed(sales.slice(0, fed + REST), fed, 6);
  pipeline.start('parser');
  await assertExact(pipeline, sales.slice(0, await rest.over));
});

/** What a reset says that it would forget. */
const STATE: Readonly<Record<string, string>> = {
  parser: 'parse (3 tasks)',
  'region-aggregator': 'combine (6 tasks), merge (6 tasks)',
  'window-aggregator': 'combine (6 tasks), merge (6 tasks)',
};

testWhenFull('a stopped worker is reset, and starts as if it never had', async () => {
  const sales = generateSales(5_000);
  await createInputTopic(stack.broker, TOPIC, 3);
  await feedRound({ broker: stack.broker, topic: TOPIC, partitions: 3 }, saleLines(sales));
  for (const run of [1, 2]) {
    const pipeline = stack.pipeline(ENV);
    SALES_WORKERS.forEach((name) => pipeline.start(name));
    await pipeline.drain();
    if (run === 2) break;
    for (const name of SALES_WORKERS) {
      expect(await endOfOperate(stack, 'reset', name)).toEqual({
        ...{ exitCode: 2, stderr: '' },
        lines: [`would forget all state of ${name}: ${STATE[name]}. Say so with --yes`],
      });
      expect((await operate(stack, 'reset', name, '--yes'))[0]).toMatch(`${name} has no state any more`);
    }
  }
  expect(await countRecords(stack.broker, 'processed-events')).toBe(2 * sales.length);
});
