import { setTimeout as pause } from 'node:timers/promises';
import { countCommands, type ScriptCall } from '../src/check/count-commands.ts';
import { checkpointKeys, countStoredRows } from '../src/check/redis.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { listTopics } from '../src/kcat/topics.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';

/** An application whose checkpoints are watched. */
interface Watched {
  readonly application: string;
  readonly topic: string;
  readonly mergeTasks: number;
  /** Each round changes one row of each. */
  readonly products: number;
  /** Records of a batch. */
  readonly atOnce: number;
}

const WORKER = 'window-aggregator';
/** One whose rows are shared out, and one that has them all in one task: nearly as many as go in one call (5,000). */
const WATCHED: readonly Watched[] = [
  { application: 'of-six', topic: 'sales-of-many-products', mergeTasks: 6, products: 2_000, atOnce: 500 },
  { application: 'of-one', topic: 'sales-of-more-products', mergeTasks: 1, products: 4_900, atOnce: 5_000 },
];
const ENV = {
  // Each sale is in one window, so that it changes one row.
  WINDOW_SIZE: '1m',
  WINDOW_SLIDE: '1m',
};
const ROUNDS = 12;
/** A flush that was due when counting began, and one that is due when it ends. */
const SLACK_CALLS = 2;
/** The server's eviction policy is asked at so long intervals, once for each process. */
const POLICY_EVERY_S = 10;

const stack = useStack();

function batch(round: number, products: number): string[] {
  const event_time = new Date(1_767_225_600_000 + round * 1_000).toISOString();
  return Array.from({ length: products }, (_, i) =>
    JSON.stringify({ event_id: `e${round}-${i}`, product: `p${i}`, region: 'North', total_amount: 5, event_time }),
  );
}

function feed({ topic, products }: Watched, round: number): Promise<void> {
  return feedLines({ broker: stack.broker, topic, partition: 0 }, batch(round, products));
}

/** Starts a worker with as many merge tasks as its partials topic has partitions. */
async function start({ application, topic, mergeTasks, atOnce }: Watched): Promise<WorkerProcess> {
  await createInputTopic(stack.broker, topic, 1);
  await createInputTopic(stack.broker, `tidemark.${application}.combine.partials`, mergeTasks);
  const own = { SOURCE_GROUP_ID: application, SOURCE_SUBSCRIBE: topic, SOURCE_MAX_OFFSETS_PER_TRIGGER: String(atOnce) };
  const pipeline = stack.pipeline({ ...ENV, ...own });
  const worker = pipeline.start(WORKER);
  await worker.ready();
  expect((await listTopics(stack.broker)).get(`tidemark.${application}.merge.changelog`)).toBe(mergeTasks);
  return worker;
}

async function untilStored({ application, products }: Watched, worker: WorkerProcess): Promise<void> {
  await eventually('all is read and stored', async () => {
    const samples = await worker.metrics();
    expect(sumOf(samples, 'tidemark_lag_records', { end: 'high_watermark' })).toBe(0);
    expect(sumOf(samples, 'tidemark_state_rows')).toBe(products);
    expect(await countStoredRows(stack.redis.url, application)).toBe(products);
  });
}

async function commits(worker: WorkerProcess): Promise<number> {
  return sumOf(await worker.metrics(), 'tidemark_commits_total');
}

/** The calls by which rows were written. @throws Error when those of one version went in more than one call */
function rowCalls(calls: readonly ScriptCall[]): readonly ScriptCall[] {
  const withRows = calls.filter(({ rows }) => rows > 0);
  const written = withRows.map(({ key, version }) => `${key} at version ${version}`);
  expect(written.filter((text, i) => written.indexOf(text) !== i)).toEqual([]);
  return withRows;
}

test('Redis is asked once a second and task, however many batches and rows there are, and never for a batch', async () => {
  const { redis } = stack;
  const workers = await Promise.all(WATCHED.map(start));
  const each = <T>(action: (watched: Watched, worker: WorkerProcess) => Promise<T>) =>
    Promise.all(WATCHED.map((watched, i) => action(watched, workers[i]!)));
  await each((watched) => feed(watched, 0));
  // From here on each checkpoint is there and goes on by what has changed.
  await each(untilStored);
  const tasks = await each(({ application }) => checkpointKeys(redis.url, application));
  expect(tasks.map((keys) => keys.length)).toEqual(WATCHED.map(({ mergeTasks }) => 1 + mergeTasks));
  const before = await each((_, worker) => commits(worker));

  const count = await countCommands(redis.url);
  const startMs = performance.now();
  for (let round = 1; round <= ROUNDS; round++) {
    await each((watched) => feed(watched, round));
    await pause(500);
  }
  const after = await each((_, worker) => commits(worker));
  const seconds = (performance.now() - startMs) / 1_000;
  await count.stop();

  const policyQuestions = count.byName.get('config') ?? 0;
  expect(policyQuestions).toBeLessThanOrEqual(WATCHED.length * (seconds / POLICY_EVERY_S + 1));
  // There is nothing but the calls of scripts, and each is of a task.
  const all = [...count.byName.values()].reduce((sum, calls) => sum + calls, 0) - policyQuestions;
  const callsOf = new Map(tasks.flat().map((key) => [key, count.scripts.filter((call) => call.key === key)]));
  expect([...callsOf.values()].flat().length).toBe(all);
  for (const [key, calls] of callsOf) {
    expect({ key, calls: calls.length > seconds + SLACK_CALLS ? calls.length : 'few' }).toEqual({ key, calls: 'few' });
  }

  const [ofSix, ofOne] = tasks.map((keys) => keys.flatMap((key) => callsOf.get(key)!)) as [ScriptCall[], ScriptCall[]];
  process.stdout.write(`${seconds.toFixed(1)} s, ${after[0]! - before[0]!} commits, ${ofSix.length} calls; of one ${ofOne.length}\n`); // prettier-ignore
  // What was changed by many commits went in one call.
  expect(after[0]! - before[0]!).toBeGreaterThan(ofSix.length);
  expect(rowCalls(ofSix).length).toBeGreaterThan(0);
  // All rows were changed at once, and went in one call.
  expect(Math.max(...rowCalls(ofOne).map(({ rows }) => rows))).toBe(WATCHED[1]!.products);
  await each(untilStored);
});
