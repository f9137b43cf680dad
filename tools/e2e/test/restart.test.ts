import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { type ResultTopic, type Row, rowFaults } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { oracleLines } from '../src/oracle.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { type Sample, sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';

const stack = useStack();
const behavior = oracleLines('user-behavior');
const TOPIC = 'user-behavior';
const RESULTS: readonly ResultTopic[] = ['user-interests', 'recommendations'];
/** Records of the tail that a clean stop may leave to be read: positions, not rows. */
const FEW = 50;

async function assertResults(): Promise<void> {
  for (const topic of RESULTS) {
    const expected = oracleLines(`expected-${topic}`).map((line) => JSON.parse(line) as Row);
    expect(rowFaults(topic, expected, await readTopic(stack.broker, topic)).slice(0, 5)).toEqual([]);
  }
}

async function untilRead(pipeline: Pipeline, count: number): Promise<void> {
  let rowsBefore = -1;
  await eventually('all is read', async () => {
    const samples = await pipeline.metrics('recommender');
    expect(sumOf(samples, 'tidemark_records_total', { stage: 'combine', query: 'user-interests' })).toBe(count);
    expect(sumOf(samples, 'tidemark_lag_records', { end: 'high_watermark' })).toBe(0);
    // Lag is as of the last fetch: merge need not have heard yet of what combine has just written.
    const [rows, before] = [sumOf(samples, 'tidemark_state_rows'), rowsBefore];
    rowsBefore = rows;
    expect(rows).toBe(before);
  });
}

/** Stops the worker, starts it again when `whileDown` is done, and gives its metrics when it is ready. */
async function restart(pipeline: Pipeline, whileDown: () => Promise<void> = async () => {}): Promise<Sample[]> {
  const worker = pipeline.running()[0]!;
  worker.signal('SIGTERM');
  expect(await worker.ended).toBe('exit 0');
  await whileDown();
  const next = pipeline.start('recommender');
  await next.ready();
  return next.metrics();
}

test('a clean stop leaves a checkpoint by which the next start reads next to nothing; without Redis it reads all', async () => {
  const { broker, redis } = stack;
  await createInputTopic(broker, TOPIC, 1);
  const pipeline = stack.pipeline();
  pipeline.start('recommender');
  const half = behavior.length / 2;
  await feedLines({ broker, topic: TOPIC, partition: 0 }, behavior.slice(0, half));
  await untilRead(pipeline, half);

  const fresh = await restart(pipeline);
  expect(sumOf(fresh, 'tidemark_takeovers_total')).toBe(
    sumOf(fresh, 'tidemark_takeovers_total', { source: 'checkpoint' }),
  );
  expect(sumOf(fresh, 'tidemark_restored_rows_total')).toBeGreaterThan(2 * FEW);
  expect(sumOf(fresh, 'tidemark_changelog_records_read_total')).toBeLessThan(FEW);

  const samples = await restart(pipeline, () => redis.restart('empty'));
  expect(sumOf(samples, 'tidemark_takeovers_total', { source: 'changelog' })).toBeGreaterThan(0);
  expect(sumOf(samples, 'tidemark_restored_rows_total')).toBe(sumOf(fresh, 'tidemark_restored_rows_total'));
  expect(sumOf(samples, 'tidemark_changelog_records_read_total')).toBeGreaterThan(2 * FEW);

  await feedLines({ broker, topic: TOPIC, partition: 0 }, behavior.slice(half));
  await eventually('the final rows', assertResults);
  await pipeline.drain();
  await assertResults();
});
