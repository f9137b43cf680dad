import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { checkpointFaults } from '../src/check/checkpoint-faults.ts';
import { generateSales } from '../src/check/generate-sales.ts';
import { checkpointKeys, readHash } from '../src/check/redis.ts';
import { lastRows, type Row } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { isFullRun } from '../src/full-run.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { readValues } from '../src/kcat/read-topic.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import { type Pipeline, SALES_WORKERS } from '../src/workers/pipeline.ts';
import { resultsOf, saleLines, salesRun } from './sales-run.ts';
import { startLoad } from './steady-load.ts';

const stack = useStack();
const run = salesRun(60_000);
const dump = mkdtempSync(join(tmpdir(), 'tidemark-e2e-dump-'));
afterAll(() => rmSync(dump, { recursive: true }));

const ENV = { SOURCE_MAX_OFFSETS_PER_TRIGGER: '1500', SOURCE_SESSION_TIMEOUT: '6s' };
const AGGREGATORS = ['region-aggregator', 'window-aggregator'] as const;

async function untilParsed(pipeline: Pipeline, share: number): Promise<void> {
  await eventually('the parser goes on', async () => {
    const parsed = sumOf(await pipeline.metrics('parser'), 'tidemark_records_total', { outcome: 'ok' });
    expect(parsed).toBeGreaterThanOrEqual(share * run.count);
  });
}

async function assertRedisEqualsState(): Promise<void> {
  const places = { broker: stack.broker, redisUrl: stack.redis.url };
  for (const worker of AGGREGATORS) expect((await checkpointFaults(places, worker)).slice(0, 3)).toEqual([]);
}

test('Redis is lost in the middle, later put back to an older dump, and a worker killed: exact all the same', async () => {
  const { broker, redis } = stack;
  await run.feed(broker);
  const pipeline = stack.pipeline(ENV);
  SALES_WORKERS.forEach((worker) => pipeline.start(worker));
  await untilParsed(pipeline, 0.1);
  await eventually('checkpoints of the middle', async () => {
    for (const worker of AGGREGATORS) expect((await checkpointKeys(redis.url, worker)).length).toBeGreaterThan(6);
  });
  redis.copyDataTo(dump);

  await redis.kill();
  await untilParsed(pipeline, 0.2);
  await redis.restart('empty');
  await untilParsed(pipeline, 0.3);
  await redis.kill();
  await redis.restart({ copiedTo: dump });
  // Takes over with a checkpoint that is older than what it had written.
  const victim = pipeline.running('window-aggregator')[0]!;
  victim.signal('SIGKILL');
  await victim.ended;
  pipeline.start('window-aggregator');

  await eventually('exact results', () => run.assertResults(broker), { deadlineMs: 120_000, everyMs: 1_000 });
  await eventually('Redis equals the state', assertRedisEqualsState, { deadlineMs: 30_000 });
  await redis.kill();
  await redis.restart('empty');
  await eventually('Redis equals the state of idle tasks, too', assertRedisEqualsState, { deadlineMs: 60_000 });
  await pipeline.drain();
  await run.assertResults(broker);
});

/** A minute without Redis: with all cases only. */
const testWhenFull = isFullRun() ? test : test.skip;

/** When the checkpoint of each aggregating task was written last, epoch ms. */
async function writtenAtMs(): Promise<number[]> {
  const { url } = stack.redis;
  const keys = (await Promise.all(AGGREGATORS.map((worker) => checkpointKeys(url, worker)))).flat();
  return Promise.all(keys.map(async (key) => Number((await readHash(url, key)).get('m:writtenAtMs'))));
}

/** How many sales are counted in the results. */
async function counted(): Promise<number> {
  const rows = (await readValues(stack.broker, 'sales-summary')).map((value) => JSON.parse(value) as Row);
  return lastRows('sales-summary', rows).reduce((sum, { order_count }) => sum + Number(order_count), 0);
}

testWhenFull(
  'without Redis for a minute, under load, the pipeline goes on; Redis is written again within 10 s of its return',
  async () => {
    const { broker, redis } = stack;
    const sales = generateSales(300_000);
    await createInputTopic(broker, 'sales-events', 3);
    const pipeline = stack.pipeline(ENV);
    SALES_WORKERS.forEach((worker) => pipeline.start(worker));
    const input = { broker, topic: 'sales-events', partitions: 3, lines: saleLines(sales) };
    const load = startLoad({ ...input, atOnce: 300, pauseMs: 300 });
    await eventually('results', async () => expect(await counted()).toBeGreaterThan(1_000));
    await redis.kill();
    const [goneMs, fedBefore] = [performance.now(), load.fed];
    await eventually('it goes on without Redis', async () =>
      expect(await counted()).toBeGreaterThan(2 * fedBefore + 5_000),
    );
    // The length of the outage is what is tested.
    await pause(Math.max(0, 60_000 - (performance.now() - goneMs)));

    await redis.restart();
    const [backMs, backAtMs] = [performance.now(), Date.now()];
    const assertWrittenAgain = async () => {
      const times = await writtenAtMs();
      expect(times.length).toBeGreaterThan(2 * 6);
      expect(Math.min(...times)).toBeGreaterThan(backAtMs);
    };
    await eventually('all checkpoints are written again', assertWrittenAgain, { deadlineMs: 10_000 });
    load.assertGoesOn();
    const assertResults = resultsOf(sales.slice(0, await load.end()));
    process.stdout.write(
      `Redis was written again ${((performance.now() - backMs) / 1_000).toFixed(1)} s after its return\n`,
    );
    await eventually('exact results', () => assertResults(broker), { everyMs: 1_000 });
    await eventually('Redis equals the state', assertRedisEqualsState, { deadlineMs: 10_000 });
    await pipeline.drain();
    await assertResults(broker);
  },
);
