import { expectedSummary } from '../src/check/expected-sales.ts';
import { lastRows, type Row, rowFaults } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { useStack } from '../src/servers/use-stack.ts';
import type { Version } from '../src/versioned-worker/topology.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';
import { type Load, startLoad } from './steady-load.ts';
import { LARGEST_BEFORE, LARGEST_LATER, PACE, REGIONS, salesOfVersions } from './versions-load.ts';

const TOPIC = 'sales-of-versions';
const PARTITIONS = 2;

const stack = useStack();

/** What goes on all the time. */
interface Rolling {
  readonly pipeline: Pipeline;
  readonly load: Load;
}

const start = (pipeline: Pipeline, version: Version) => pipeline.start('versioned', { VERSION: version });

/** Waits until it has tasks, and has itself committed sales: their sums and what it emits. */
async function untilItCommits(worker: WorkerProcess, load: Load): Promise<void> {
  await worker.ready();
  await eventually('the new instance commits', async () => {
    load.assertGoesOn();
    const samples = await worker.metrics();
    expect(sumOf(samples, 'tidemark_batches_total', { stage: 'merge' })).toBeGreaterThan(0);
    expect(sumOf(samples, 'tidemark_output_records_total', { topic: 'sales-summary' })).toBeGreaterThan(0);
  });
}

/** Instance by instance, as a rolling update does, or after a crash; waits until the new one does its share. */
async function replace(
  { pipeline, load }: Rolling,
  worker: WorkerProcess,
  version: Version,
  signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<WorkerProcess> {
  worker.signal(signal);
  expect(await worker.ended).toBe(signal === 'SIGTERM' ? 'exit 0' : 'SIGKILL');
  const next = start(pipeline, version);
  await untilItCommits(next, load);
  return next;
}

async function lastOfEachRegion(): Promise<Row[]> {
  const records = await readTopic(stack.broker, 'sales-summary');
  const rows = lastRows('sales-summary', records.map(({ value }) => JSON.parse(value!.toString()) as Row)); // prettier-ignore
  expect(rows).toHaveLength(REGIONS);
  return rows;
}

/** Rows that were there before have the new measure, which knows nothing of then, and keep the others. */
async function untilAllAreMigrated(load: Load): Promise<void> {
  await eventually('all rows are of version 2', async () => {
    load.assertGoesOn();
    for (const { largest, total_sales } of await lastOfEachRegion()) {
      expect(largest).toBeGreaterThan(0);
      expect(largest).toBeLessThanOrEqual(LARGEST_LATER);
      expect(total_sales).toBeGreaterThan(LARGEST_BEFORE);
    }
  });
}

async function untilAllAreBack(load: Load): Promise<void> {
  await eventually('all rows are of version 3', async () => {
    load.assertGoesOn();
    for (const row of await lastOfEachRegion()) expect(row).not.toHaveProperty('largest');
  });
}

test('a rolling update and a roll-back under load: all rows are exact, and what cannot be is refused', async () => {
  const { broker } = stack;
  await createInputTopic(broker, TOPIC, PARTITIONS);
  const pipeline = stack.pipeline({ SOURCE_SUBSCRIBE: TOPIC, SOURCE_SESSION_TIMEOUT: '6s', IDLE_TIMEOUT: '1s' });
  const [first, second] = [start(pipeline, '1'), start(pipeline, '1')];
  await pipeline.ready();
  const { sales, lines } = salesOfVersions();
  const load = startLoad({ broker, topic: TOPIC, partitions: PARTITIONS, lines, ...PACE });
  const rolling = { pipeline, load };
  await Promise.all([first, second].map((worker) => untilItCommits(worker, load)));
  await eventually('all regions have rows', lastOfEachRegion);

  const updated = await replace(rolling, first, '2');
  await eventually('the old instance meets newer rows, and tells', async () => {
    expect(await second.complaint()).toMatch(/TM_ROW_VERSION_NEWER.*Update this one/);
  });
  const other = await replace(rolling, second, '2');
  await eventually('all instances are well', async () => {
    expect([await updated.complaint(), await other.complaint()]).toEqual(['', '']);
  });
  await untilAllAreMigrated(load);

  const refused = start(pipeline, '1');
  expect(await refused.ended).toBe('exit 1');
  expect(refused.log.join('\n')).toMatch(/TM_ROW_VERSION_NEWER.*restore a savepoint/);

  await replace(rolling, updated, '3', 'SIGKILL');
  await replace(rolling, other, '3');
  await untilAllAreBack(load);
  const expected = expectedSummary(sales.slice(0, await load.end()));
  await eventually('exact totals', async () => {
    expect(rowFaults('sales-summary', expected, await readTopic(broker, 'sales-summary')).slice(0, 3)).toEqual([]);
  });
  for (const worker of pipeline.running()) expect(await worker.complaint()).toBe('');
});
