import { setTimeout as pause } from 'node:timers/promises';
import { countCommands } from '../src/check/count-commands.ts';
import { countStoredRows } from '../src/check/redis.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';

const WORKER = 'window-aggregator';
const TOPIC = 'sales-of-many-products';
/** Each batch changes so many rows, in all merge tasks together: below what goes in one call of each. */
const PRODUCTS = 2_000;
/** Merge tasks by the partitions of partials, and one combine task. */
const TASKS = 6 + 1;
/** The server's eviction policy is asked at so long intervals, once for the process. */
const POLICY_EVERY_S = 10;

const stack = useStack();

function batch(round: number): string[] {
  const event_time = new Date(1_767_225_600_000 + round * 1_000).toISOString();
  return Array.from({ length: PRODUCTS }, (_, i) =>
    JSON.stringify({ event_id: `e${round}-${i}`, product: `p${i}`, region: 'North', total_amount: 5, event_time }),
  );
}

async function commits(pipeline: Pipeline): Promise<number> {
  return sumOf(await pipeline.metrics(WORKER), 'tidemark_commit_duration_seconds_count');
}

async function untilStored(pipeline: Pipeline): Promise<void> {
  await eventually('all is read and stored', async () => {
    const samples = await pipeline.metrics(WORKER);
    expect(sumOf(samples, 'tidemark_lag_records', { end: 'high_watermark' })).toBe(0);
    expect(sumOf(samples, 'tidemark_state_rows')).toBeGreaterThan(0);
    expect(await countStoredRows(stack.redis.url, WORKER)).toBe(sumOf(samples, 'tidemark_state_rows'));
  });
}

test('Redis is asked once a second and task, however many batches there are, and never for a batch', async () => {
  const { broker, redis } = stack;
  await createInputTopic(broker, TOPIC, 1);
  const pipeline = stack.pipeline({ SOURCE_SUBSCRIBE: TOPIC, SOURCE_MAX_OFFSETS_PER_TRIGGER: '500' });
  await pipeline.start(WORKER).ready();
  await feedLines({ broker, topic: TOPIC, partition: 0 }, batch(0));
  // From here on each checkpoint is there and goes on by what has changed.
  await untilStored(pipeline);

  const count = await countCommands(redis.url);
  const [startMs, before] = [performance.now(), await commits(pipeline)];
  for (let round = 1; round <= 12; round++) {
    await feedLines({ broker, topic: TOPIC, partition: 0 }, batch(round));
    await pause(500);
  }
  const committed = (await commits(pipeline)) - before;
  const seconds = (performance.now() - startMs) / 1_000;
  const byName = new Map(count.byName);
  await count.stop();
  process.stdout.write(`${JSON.stringify({ seconds, committed, commands: Object.fromEntries(byName) })}\n`);

  const policyQuestions = byName.get('config') ?? 0;
  const others = [...byName.values()].reduce((sum, calls) => sum + calls, 0) - policyQuestions;
  // A script that the server meets for the first time is sent to it whole.
  expect((byName.get('evalsha') ?? 0) + (byName.get('eval') ?? 0)).toBe(others);
  expect(others).toBeLessThanOrEqual(TASKS * (seconds + 1));
  expect(policyQuestions).toBeLessThanOrEqual(seconds / POLICY_EVERY_S + 1);
  // What was changed by many commits went in one call.
  expect(committed).toBeGreaterThan(others);
  await untilStored(pipeline);
});
