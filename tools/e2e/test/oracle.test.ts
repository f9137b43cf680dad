import { eventually } from '../src/eventually.ts';
import { processedFaults } from '../src/check/event-ids.ts';
import { processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { type ResultTopic, type Row, ROW_IDENTITY, rowFaults } from '../src/check/rows.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { oracleLines } from '../src/oracle.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';
import type { WorkerName } from '../src/workers/worker-process.ts';
import { type Case, selectCases } from './oracle-cases.ts';

const WORKERS: readonly WorkerName[] = ['parser', 'region-aggregator', 'window-aggregator', 'recommender'];
const INPUTS = ['sales-events', 'user-behavior'] as const;
const RESULTS = Object.keys(ROW_IDENTITY) as ResultTopic[];
/** Parts in which lines are fed while the workers run. */
const CHUNKS = 6;

const stack = useStack();

const oracleRows = <T>(name: string): T[] => oracleLines(name).map((line) => JSON.parse(line) as T);
const sales = oracleRows<Sale>('sales-events');
const expectedTexts = new Map(sales.map((sale) => [sale.event_id, processedEventText(sale)]));

/** Lines by partition: dealt out in turn, so that all partitions in use hold the whole span of event time. */
function deal(lines: readonly string[], used: readonly number[]): Map<number, string[]> {
  return new Map(used.map((partition, turn) => [partition, lines.filter((_, i) => i % used.length === turn)]));
}

async function feed(dealt: ReadonlyMap<string, ReadonlyMap<number, readonly string[]>>): Promise<void> {
  for (const [topic, partitions] of dealt) {
    const feeds = [...partitions].map(([partition, lines]) =>
      feedLines({ broker: stack.broker, topic, partition }, lines),
    );
    await Promise.all(feeds);
  }
}

const linesOf = (used: readonly number[], from = 0, to = 1) =>
  new Map(
    INPUTS.map((topic) => {
      const lines = oracleLines(topic);
      return [topic, deal(lines.slice(Math.floor(from * lines.length), Math.floor(to * lines.length)), used)];
    }),
  );

function startAll(pipeline: Pipeline, instances: number): Promise<void> {
  for (let i = 0; i < instances; i++) WORKERS.forEach((worker) => pipeline.start(worker));
  return pipeline.ready();
}

async function readBy(pipeline: Pipeline, worker: WorkerName, query: string): Promise<number> {
  return sumOf(await pipeline.metrics(worker), 'tidemark_records_total', { query });
}

/** How each timing feeds and starts. */
const RUNS: Record<Case['timing'], (pipeline: Pipeline, oneCase: Case) => Promise<void>> = {
  async backlog(pipeline, { used, instances }) {
    // A second instance gets its share of the work only if some is left when it has joined.
    const share = instances === 1 ? 1 : 0.8;
    await feed(linesOf(used, 0, share));
    await startAll(pipeline, instances);
    await feed(linesOf(used, share, 1));
  },
  async live(pipeline, { used, instances }) {
    await startAll(pipeline, instances);
    for (let i = 0; i < CHUNKS; i++) await feed(linesOf(used, i / CHUNKS, (i + 1) / CHUNKS));
  },
  async 'partition after partition'(pipeline, { used, instances }) {
    await startAll(pipeline, instances);
    const dealt = linesOf(used);
    let fed = 0;
    for (const partition of used) {
      await feed(new Map(INPUTS.map((topic) => [topic, new Map([[partition, dealt.get(topic)!.get(partition)!]])])));
      fed += dealt.get('sales-events')!.get(partition)!.length;
      await eventually('the partition is read', async () => {
        expect(await readBy(pipeline, 'parser', 'parse')).toBe(fed);
      });
    }
  },
};

async function assertResults(): Promise<void> {
  const processed = await readTopic(stack.broker, 'processed-events');
  expect(processedFaults(expectedTexts, processed)).toEqual([]);
  for (const topic of RESULTS) {
    const faults = rowFaults(topic, oracleRows<Row>(`expected-${topic}`), await readTopic(stack.broker, topic));
    expect({ topic, faults: faults.slice(0, 5) }).toEqual({ topic, faults: [] });
  }
}

async function assertNothingRefused(): Promise<void> {
  for (const topic of ['late-events', 'error-events']) expect(await readTopic(stack.broker, topic)).toEqual([]);
}

test("the texts of processed-events are Spark's, for the 500 that it was asked for", () => {
  const asked = oracleRows<{ key: string; value: string }>('expected-processed-events');
  expect(asked).toHaveLength(500);
  expect(asked.filter(({ key, value }) => expectedTexts.get(key) !== value)).toEqual([]);
});

test.each(selectCases())(
  "Spark's rows from $partitions partitions (used: $used), $timing, $instances of each worker",
  async (oneCase) => {
    const { partitions, timing, instances } = oneCase;
    for (const topic of INPUTS) await createInputTopic(stack.broker, topic, partitions);
    const pipeline = stack.pipeline();
    await RUNS[timing](pipeline, oneCase);
    await eventually('the final rows', assertResults, { everyMs: 500 });
    await assertNothingRefused();
    for (const worker of pipeline.running()) {
      const commits = sumOf(await worker.metrics(), 'tidemark_commits_total');
      // One partition makes one task of the parser.
      if (worker.name !== 'parser' || partitions > 1 || instances === 1) expect(commits).toBeGreaterThan(0);
    }
    // The last trigger of each query, and nothing more to come.
    await pipeline.drain();
    await assertResults();
    await assertNothingRefused();
  },
);
