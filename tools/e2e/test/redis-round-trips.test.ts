import { setTimeout as pause } from 'node:timers/promises';
import { type CommandCount, countCommands } from '../src/check/count-commands.ts';
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
}

const WORKER = 'window-aggregator';
/** One whose rows are shared out, and one that has them all in one task: nearly as many as go in one call (5,000). */
const WATCHED: readonly Watched[] = [
  { application: 'of-six', topic: 'sales-of-many-products', mergeTasks: 6, products: 2_000 },
  { application: 'of-one', topic: 'sales-of-more-products', mergeTasks: 1, products: 4_900 },
];
const ENV = {
  SOURCE_MAX_OFFSETS_PER_TRIGGER: '500',
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
async function start({ application, topic, mergeTasks }: Watched): Promise<WorkerProcess> {
  await createInputTopic(stack.broker, topic, 1);
  await createInputTopic(stack.broker, `tidemark.${application}.combine.partials`, mergeTasks);
  const pipeline = stack.pipeline({ ...ENV, SOURCE_GROUP_ID: application, SOURCE_SUBSCRIBE: topic });
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

const commits = async (worker: WorkerProcess, stage: string): Promise<number> =>
  sumOf(await worker.metrics(), 'tidemark_commits_total', { stage });

/** Calls of each task, by stage. */
function callsByStage({ scriptsByKey }: CommandCount, application: string, tasks: readonly string[]) {
  const calls = new Map<string, number[]>();
  for (const key of tasks) {
    const stage = key.slice(`tidemark:{${application}}:${application}/`.length).split('/')[0]!;
    calls.set(stage, [...(calls.get(stage) ?? []), scriptsByKey.get(key) ?? 0]);
  }
  return calls;
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
  const before = await each(async (_, worker) => [await commits(worker, 'combine'), await commits(worker, 'merge')]);

  const count = await countCommands(redis.url);
  const startMs = performance.now();
  for (let round = 1; round <= ROUNDS; round++) {
    await each((watched) => feed(watched, round));
    await pause(500);
  }
  const after = await each(async (_, worker) => [await commits(worker, 'combine'), await commits(worker, 'merge')]);
  const seconds = (performance.now() - startMs) / 1_000;
  await count.stop();

  const policyQuestions = count.byName.get('config') ?? 0;
  expect(policyQuestions).toBeLessThanOrEqual(WATCHED.length * (seconds / POLICY_EVERY_S + 1));
  // There is nothing but the calls of scripts, and each is of a task.
  const all = [...count.byName.values()].reduce((sum, calls) => sum + calls, 0) - policyQuestions;
  const ofTasks = tasks.flat().map((key) => count.scriptsByKey.get(key) ?? 0);
  expect(ofTasks.reduce((sum, calls) => sum + calls, 0)).toBe(all);

  for (const [i, { application, mergeTasks }] of WATCHED.entries()) {
    const calls = callsByStage(count, application, tasks[i]!);
    process.stdout.write(`${application}: ${seconds.toFixed(1)} s, calls ${JSON.stringify([...calls])}, commits ${before[i]} to ${after[i]}\n`); // prettier-ignore
    expect([...calls].map(([stage, perTask]) => [stage, perTask.length]).sort()).toEqual([['combine', 1], ['merge', mergeTasks]]); // prettier-ignore
    let committed = 0;
    for (const [s, stage] of ['combine', 'merge'].entries()) {
      const perTask = calls.get(stage)!;
      expect(Math.min(...perTask)).toBeGreaterThan(0);
      expect(Math.max(...perTask)).toBeLessThanOrEqual(seconds + SLACK_CALLS);
      committed += after[i]![s]! - before[i]![s]!;
    }
    // What was changed by many commits went in one call.
    expect(committed).toBeGreaterThan([...calls.values()].flat().reduce((sum, of) => sum + of, 0));
  }
  await each(untilStored);
});
