import { expectedWindows, processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { countStoredRows } from '../src/check/redis.ts';
import { rowFaults } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { isFullRun } from '../src/full-run.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { countRecords, readTopic } from '../src/kcat/read-topic.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { type Sample, sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';

const WORKER = 'window-aggregator';
/** Not in the catalogue, so that no other worker's event time is waited for. */
const TOPIC = 'sales-of-many-products';
const CHANGELOGS = ['combine', 'merge'].map((stage) => `tidemark.${WORKER}.${stage}.changelog`);
const WANTED_RECORDS = 1_000_000;
/** The most that a take-over with a fresh checkpoint may read of them. */
const FEW = 5_000;

/** Each sale is in 120 windows: a round of one sale per product changes 24,000 rows. */
const WINDOWS = { sizeS: 120, slideS: 1 };
const PRODUCTS = 200;
const ROUNDS_AT_ONCE = 10;
const START_S = 1_767_225_600;

const ENV = {
  SOURCE_SUBSCRIBE: TOPIC,
  WINDOW_SIZE: `${WINDOWS.sizeS}s`,
  WINDOW_SLIDE: `${WINDOWS.slideS}s`,
  TRIGGER: '15s',
  // A round is a batch: each of them writes all the rows that it changes.
  SOURCE_MAX_OFFSETS_PER_TRIGGER: String(PRODUCTS),
  SOURCE_SESSION_TIMEOUT: '6s',
};

const stack = useStack();

/** One sale of each product, a second of event time after those of the round before. */
function salesOfRound(round: number): Sale[] {
  return Array.from({ length: PRODUCTS }, (_, i) => ({
    event_id: `event_${round}_${i}`,
    timestamp: START_S + round,
    product: `product_${i}`,
    price: 1 + ((round * 7 + i) % 100),
    quantity: 1,
    region: 'North',
  }));
}

/** Feeds some rounds and waits until all that follows from them is committed and stored. */
async function runRounds(pipeline: Pipeline, sales: Sale[], rounds: number): Promise<void> {
  const from = sales.length / PRODUCTS;
  const fresh = Array.from({ length: rounds }, (_, i) => salesOfRound(from + i)).flat();
  sales.push(...fresh);
  await feedLines({ broker: stack.broker, topic: TOPIC, partition: 0 }, fresh.map(processedEventText));
  await eventually('all is read and stored', async () => {
    const samples = await pipeline.metrics(WORKER);
    expect(sumOf(samples, 'tidemark_lag_records', { end: 'high_watermark' })).toBe(0);
    expect(sumOf(samples, 'tidemark_frontier_timestamp_seconds', { stage: 'combine' })).toBe(sales.at(-1)!.timestamp);
    expect(sumOf(samples, 'tidemark_checkpoint_lag_seconds')).toBe(0);
    expect(await countStoredRows(stack.redis.url, WORKER)).toBe(sumOf(samples, 'tidemark_state_rows'));
  });
}

async function changelogRecords(): Promise<number> {
  const counts = await Promise.all(CHANGELOGS.map((topic) => countRecords(stack.broker, topic)));
  return counts.reduce((sum, count) => sum + count, 0);
}

interface TakeOver {
  readonly changelogRecords: number;
  readonly rows: number;
  readonly takeOvers: number;
  readonly fromCheckpoint: number;
  /** Of all tasks, one after another or not. */
  readonly seconds: number;
  /** From the start of the process until it is ready. */
  readonly startSeconds: number;
}

/** Starts the worker again and tells what its take-overs took. */
async function startAgain(pipeline: Pipeline): Promise<TakeOver> {
  const startMs = performance.now();
  const worker = pipeline.start(WORKER);
  await worker.ready();
  const startSeconds = (performance.now() - startMs) / 1_000;
  const samples: readonly Sample[] = await worker.metrics();
  return {
    changelogRecords: sumOf(samples, 'tidemark_changelog_records_read_total'),
    rows: sumOf(samples, 'tidemark_restored_rows_total'),
    takeOvers: sumOf(samples, 'tidemark_takeovers_total'),
    fromCheckpoint: sumOf(samples, 'tidemark_takeovers_total', { source: 'checkpoint' }),
    seconds: sumOf(samples, 'tidemark_takeover_duration_seconds_sum'),
    startSeconds,
  };
}

async function end(pipeline: Pipeline, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const worker = pipeline.running(WORKER)[0]!;
  worker.signal(signal);
  expect(await worker.ended).toBe(signal === 'SIGKILL' ? 'SIGKILL' : 'exit 0');
}

/** Minutes are spent on writing the changelog; `restart.test.ts` shows the same of a small one. */
const testWhenFull = isFullRun() ? test : test.skip;

testWhenFull('with a fresh checkpoint a take-over reads fewer than 5,000 of 1,000,000 changelog records', async () => {
  const { broker, redis } = stack;
  await createInputTopic(broker, TOPIC, 1);
  const pipeline = stack.pipeline(ENV);
  pipeline.start(WORKER);
  const sales: Sale[] = [];
  let written = 0;
  for (; written < WANTED_RECORDS; written = await changelogRecords()) await runRounds(pipeline, sales, ROUNDS_AT_ONCE);
  const rows = sumOf(await pipeline.metrics(WORKER), 'tidemark_state_rows');

  await end(pipeline, 'SIGKILL');
  const afterKill = await startAgain(pipeline);
  await end(pipeline, 'SIGTERM');
  const afterStop = await startAgain(pipeline);
  await end(pipeline, 'SIGTERM');
  await redis.restart('empty');
  const withoutRedis = await startAgain(pipeline);
  process.stdout.write(`${JSON.stringify({ written, afterKill, afterStop, withoutRedis }, null, 1)}\n`);

  for (const takeOver of [afterKill, afterStop]) {
    expect(takeOver.fromCheckpoint).toBe(takeOver.takeOvers);
    expect(takeOver.changelogRecords).toBeLessThan(FEW);
    expect(takeOver.rows).toBe(rows);
  }
  expect(withoutRedis.fromCheckpoint).toBe(0);
  expect(withoutRedis.changelogRecords).toBeGreaterThanOrEqual(WANTED_RECORDS);
  expect(withoutRedis.rows).toBe(rows);

  await runRounds(pipeline, sales, 1);
  await pipeline.drain();
  const faults = rowFaults('window-sales', expectedWindows(sales, WINDOWS), await readTopic(broker, 'window-sales'));
  expect(faults.slice(0, 5)).toEqual([]);
});
