import { type MicroBatch, microBatches, sortedTexts } from '@tidemark/testing';
import { checkpointFaults } from '../src/check/checkpoint-faults.ts';
import { processedEventText } from '../src/check/expected-sales.ts';
import { countStoredRows } from '../src/check/redis.ts';
import { lastRows, type Row } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { type KafkaRecord, readTopic } from '../src/kcat/read-topic.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';
import { type MicroBatchCase, selectMicroBatchCases } from './micro-batch-cases.ts';

const WORKER = 'window-aggregator';
const OUTPUT = 'window-sales';
/** Not in the catalogue, so that no other worker's event time is waited for. */
const OWN_TOPIC = 'micro-batches';

const stack = useStack();

/** Starts what the case needs, and gives the worker under test. */
async function start({ mode, from }: MicroBatchCase): Promise<WorkerProcess> {
  await createInputTopic(stack.broker, from === 'the parser' ? 'sales-events' : OWN_TOPIC, 1);
  const pipeline = stack.pipeline({ OUTPUT_MODE: mode });
  if (from === 'the parser') pipeline.start('parser');
  const worker = pipeline.start(WORKER, from === 'the parser' ? {} : { SOURCE_SUBSCRIBE: OWN_TOPIC });
  await pipeline.ready();
  return worker;
}

/** So few records that kcat sends them as one record batch, which a worker takes in one turn. */
function feed({ from }: MicroBatchCase, { sales }: MicroBatch): Promise<void> {
  const { broker } = stack;
  return from === 'the parser'
    ? feedLines({ broker, topic: 'sales-events', partition: 0 }, sales.map(toJson))
    : feedLines({ broker, topic: OWN_TOPIC, partition: 0 }, sales.map(processedEventText));
}

const toJson = (value: unknown) => JSON.stringify(value);
const placeOf = ({ partition, offset }: KafkaRecord) => `${partition}/${offset}`;

/** What was put out, as Spark's rows: from one partition each emission counts, else the last one of each row. */
function rowsPutOut({ from }: MicroBatchCase, records: readonly KafkaRecord[]): readonly string[] {
  const rows = records.map(({ value }) => JSON.parse(value!.toString()) as Row);
  return sortedTexts(from === 'the parser' ? lastRows(OUTPUT, rows) : rows);
}

/** The watermark in each task of the stage that decides what is late. */
async function watermarks(worker: WorkerProcess): Promise<Set<string>> {
  const samples = await worker.metrics();
  const own = samples.filter(
    ({ name, labels }) => name === 'tidemark_watermark_timestamp_seconds' && labels['stage'] === 'combine',
  );
  return new Set(own.map(({ value }) => new Date(value * 1_000).toISOString()));
}

/** Rows of state, as the worker counts them and as Redis holds them: those of closed windows are gone from both. */
async function stateRows(worker: WorkerProcess): Promise<{ memory: number; redis: number }> {
  const memory = sumOf(await worker.metrics(), 'tidemark_state_rows', { stage: 'merge' });
  return { memory, redis: await countStoredRows(stack.redis.url, WORKER) };
}

async function assertProgress(worker: WorkerProcess, batches: readonly MicroBatch[]): Promise<void> {
  const reports = await worker.progress();
  const combine = reports.filter(({ name }) => name === `${WORKER}/combine`);
  const told = combine.map(({ eventTime }) => eventTime.watermark);
  const { watermarkAfter, stateRows } = batches.at(-1)!;
  expect(told.at(-1)).toBe(watermarkAfter);
  const known = new Set(batches.flatMap((batch) => [batch.watermarkBefore, batch.watermarkAfter]));
  expect(told.filter((watermark) => !known.has(watermark!))).toEqual([]);
  const merge = reports.filter(({ name }) => name === `${WORKER}/merge`);
  expect(merge.at(-1)?.stateOperators[0]?.numRowsTotal).toBe(stateRows);
}

test.each(selectMicroBatchCases())("Spark's micro-batches in $mode mode, from $from", async (oneCase) => {
  const worker = await start(oneCase);
  const batches = microBatches(oneCase.mode);
  const seen = new Set<string>();
  const unseen = async () => (await readTopic(stack.broker, OUTPUT)).filter((record) => !seen.has(placeOf(record)));
  for (const [index, batch] of batches.entries()) {
    await feed(oneCase, batch);
    const { watermarkAfter, stateRows: count } = batch;
    const expected = {
      rows: batch.rows,
      watermarks: new Set([watermarkAfter]),
      state: { memory: count, redis: count },
    };
    const records = await eventually(`batch ${index}`, async () => {
      const fresh = await unseen();
      const rows = rowsPutOut(oneCase, fresh);
      expect({ rows, watermarks: await watermarks(worker), state: await stateRows(worker) }).toEqual(expected);
      return fresh;
    });
    for (const record of records) seen.add(placeOf(record));
  }
  await eventually('/progress', () => assertProgress(worker, batches));
  const places = { broker: stack.broker, redisUrl: stack.redis.url };
  // A checkpoint follows its commit within a second.
  await eventually('Redis', async () => expect(await checkpointFaults(places, WORKER)).toEqual([]));
  // What is not over is not put out, and nothing is put out again.
  expect(rowsPutOut(oneCase, await unseen())).toEqual([]);
});
