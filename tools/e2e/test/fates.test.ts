import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { eventually } from '../src/eventually.ts';
import { feedLines, feedRecords } from '../src/kcat/feed.ts';
import { type KafkaRecord, readTopic, readValues } from '../src/kcat/read-topic.ts';
import { oracleLines } from '../src/oracle.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { type Sample, sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';
import { allFates } from './fates.ts';

const stack = useStack();
const PARTITION = 1;
const fates = allFates();
const refused = fates.flatMap(({ record, processed }, offset) => (processed === null ? [{ offset, record }] : []));
const texts = fates.flatMap(({ processed }) => (processed === null ? [] : [processed]));

/** Behavior: some that a query skips, some that nobody can read. */
const behavior = [...oracleLines('user-behavior').slice(0, 300), 'no JSON', '{"user_id":"u"}'];

/** How many records each query must have read, by worker and stage. */
const READ = [
  { worker: 'parser', stage: 'parse', count: fates.length },
  { worker: 'region-aggregator', stage: 'combine', count: texts.length },
  { worker: 'window-aggregator', stage: 'combine', count: texts.length },
  { worker: 'recommender', stage: 'combine', count: behavior.length },
  { worker: 'error-router', stage: 'route', count: refused.length + 2 },
] as const;
const OUTCOMES = ['ok', 'skipped', 'late', 'error'];

interface ErrorRecord {
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
}

async function assertFates(): Promise<void> {
  const { broker } = stack;
  expect((await readValues(broker, 'processed-events')).sort()).toEqual([...texts].sort());
  const errors = (await readValues(broker, 'error-events')).map((value) => (JSON.parse(value) as ErrorRecord).source);
  const offsets = errors.filter(({ topic }) => topic === 'sales-events').map(({ offset }) => offset);
  expect(offsets.sort((a, b) => a - b)).toEqual(refused.map(({ offset }) => offset));
  assertDeadLetters(await readTopic(broker, 'dead-letters'));
}

/** Each refused record once, byte by byte as it came. */
function assertDeadLetters(letters: readonly KafkaRecord[]): void {
  expect(letters).toHaveLength(refused.length + 2);
  for (const { offset, record } of refused) {
    const own = letters.filter(({ headers }) =>
      headers.includes(`tidemark-source=sales-events/${PARTITION}/${offset}`),
    );
    const exact = own.filter(({ headers }) => new RegExp(`/${offset}(,|$)`).test(headers));
    expect({ offset, count: exact.length }).toEqual({ offset, count: 1 });
    const [{ key, value, headers }] = exact as [KafkaRecord];
    expect(headers).not.toContain('truncated');
    expect(key?.equals(Buffer.from(record.key as string))).toBe(true);
    expect({ offset, same: isSame(value, record.value) }).toEqual({ offset, same: true });
  }
}

function isSame(value: Buffer | null, sent: Buffer | string | null): boolean {
  return sent === null || value === null ? value === sent : value.equals(Buffer.from(sent as string));
}

/** For each query: every record that the stage has read has one outcome. */
async function assertTallies(pipeline: Pipeline): Promise<void> {
  for (const { worker, stage, count } of READ) {
    const samples = (await pipeline.metrics(worker)).filter(({ labels }) => labels['stage'] === stage);
    for (const query of queriesOf(samples)) {
      const byOutcome = OUTCOMES.map((outcome) => sumOf(samples, 'tidemark_records_total', { query, outcome }));
      const sum = byOutcome.reduce((a, b) => a + b, 0);
      expect({ worker, query, sum, byOutcome }).toEqual({ worker, query, sum: count, byOutcome });
    }
    expect(queriesOf(samples).size).toBeGreaterThan(0);
  }
}

function queriesOf(samples: readonly Sample[]): Set<string> {
  return new Set(samples.filter(({ name }) => name === 'tidemark_records_total').map(({ labels }) => labels['query']!));
}

/** Records read as the stages themselves tell it, apart from what became of them. */
async function readByStages(): Promise<Record<string, number>> {
  const read: Record<string, number> = {};
  for (const value of await readValues(stack.broker, 'tidemark.progress')) {
    const { name, numInputRows } = JSON.parse(value) as { name: string; numInputRows: number };
    read[name] = (read[name] ?? 0) + numInputRows;
  }
  return read;
}

test('every record has its fate, as exactly one record; nothing crashes; ok + skipped + late + error = read', async () => {
  const { broker } = stack;
  for (const topic of ['sales-events', 'user-behavior']) await createInputTopic(broker, topic, 3);
  const pipeline = stack.pipeline();
  const started = READ.map(({ worker }) => pipeline.start(worker));
  await feedRecords(
    { broker, topic: 'sales-events', partition: PARTITION },
    fates.map(({ record }) => record),
  );
  await feedLines({ broker, topic: 'user-behavior', partition: 0 }, behavior);
  await eventually('all fates', assertFates);
  await eventually('all tallies', () => assertTallies(pipeline));
  const parser = await pipeline.metrics('parser');
  expect(sumOf(parser, 'tidemark_records_total', { outcome: 'ok' })).toBe(texts.length);
  expect(sumOf(parser, 'tidemark_records_total', { outcome: 'error' })).toBe(refused.length);
  expect(pipeline.running()).toEqual(started);
  await pipeline.drain();
  await assertFates();
  const wanted = Object.fromEntries(READ.map(({ worker, stage, count }) => [`${worker}/${stage}`, count]));
  expect(await readByStages()).toMatchObject(wanted);
});
