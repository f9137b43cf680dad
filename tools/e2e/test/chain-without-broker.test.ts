import { createTopology as parser } from '@tidemark/parser/topology';
import { createTopology as recommender } from '@tidemark/recommender/topology';
import { createTopology as regionAggregator } from '@tidemark/region-aggregator/topology';
import { topics } from '@tidemark/schemas';
import { TopologyDriver } from '@tidemark/testing';
import { createTopology as windowAggregator } from '@tidemark/window-aggregator/topology';
import type { TopicSource } from '@tidemark/stream';
import { finalRows, oracleLines } from '../src/oracle.ts';

const sales = oracleLines('sales-events');
const behavior = oracleLines('user-behavior');
const maxFutureMs = 300_000;

function from(topic: string): TopicSource {
  return { kind: 'topics', subscribe: [topic], startingOffsets: 'earliest' };
}

function startChain(inputPartitions: number): Promise<TopologyDriver> {
  const minuteMs = 60_000;
  const query = { watermarkDelayMs: 5 * minuteMs, closesWhenIdle: false, mode: 'update', everyMs: 0 } as const;
  return TopologyDriver.start({
    partitions: { 'sales-events': inputPartitions, 'user-behavior': inputPartitions },
    topologies: [
      parser({ source: from('sales-events'), maxFutureMs, writesProcessedData: true }),
      regionAggregator({ source: from('processed-events'), mode: 'complete', everyMs: 0, maxFutureMs }),
      windowAggregator({
        source: from('processed-events'),
        window: { sizeMs: minuteMs, slideMs: 30_000 },
        watermarkDelayMs: 10_000,
        closesWhenIdle: false,
        mode: 'update',
        everyMs: 0,
        maxFutureMs,
      }),
      recommender({
        source: from('user-behavior'),
        maxFutureMs,
        interests: { ...query, window: { sizeMs: 10 * minuteMs, slideMs: 5 * minuteMs } },
        popularity: { ...query, window: { sizeMs: 60 * minuteMs, slideMs: 30 * minuteMs } },
        recommendAbove: 10,
      }),
    ],
  });
}

/** Who gets line `index`: round robin, or one partition after another. */
type Placement = (index: number, lines: number, partitions: number) => number;
const roundRobin: Placement = (index, _lines, partitions) => index % partitions;
const oneAfterAnother: Placement = (index, lines, partitions) => Math.floor((index * partitions) / lines);

async function feed(
  driver: TopologyDriver,
  topic: string,
  lines: readonly string[],
  place: Placement,
  n: number,
  chunk: number,
) {
  for (let start = 0; start < lines.length; start += chunk) {
    const byPartition = Map.groupBy(lines.slice(start, start + chunk).entries(), ([index]) =>
      place(start + index, lines.length, n),
    );
    for (const [partition, entries] of byPartition) {
      driver.log.append(
        topic,
        partition,
        entries.map(([, value]) => ({ value })),
      );
    }
    await driver.quiesce();
  }
}

const RESULTS = [
  ['sales-summary', topics.salesSummary],
  ['window-sales', topics.windowSales],
  ['user-interests', topics.userInterests],
  ['recommendations', topics.recommendations],
] as const;

describe.each([
  { partitions: 1, name: 'live', place: roundRobin, chunk: 250 },
  { partitions: 3, name: 'live', place: roundRobin, chunk: 100 },
  { partitions: 3, name: 'partition after partition', place: oneAfterAnother, chunk: 500 },
  { partitions: 8, name: 'in one go', place: roundRobin, chunk: 10_000 },
])('$partitions input partitions, fed $name', ({ partitions, place, chunk }) => {
  let driver: TopologyDriver;

  beforeAll(async () => {
    driver = await startChain(partitions);
    await feed(driver, 'sales-events', sales, place, partitions, chunk);
    await feed(driver, 'user-behavior', behavior, place, partitions, chunk);
    await driver.advanceTime(60_000);
  });

  afterAll(() => driver.stop());

  test.each(RESULTS)("the final %s are Spark's", (name, { topic, rowIdentity }) => {
    const values = driver.log.committed(topic).map(({ value }) => value!.toString());
    expect(finalRows(values, rowIdentity)).toEqual([...oracleLines(`expected-${name}`)].sort());
  });

  test("processed-events holds each sale once, in Spark's words", () => {
    const records = driver.log.committed('processed-events').map(({ value }) => value!.toString());
    expect(records).toHaveLength(sales.length);
    const expected = oracleLines('expected-processed-events').map(
      (line) => (JSON.parse(line) as { value: string }).value,
    );
    const written = new Set(records);
    expect(expected.filter((value) => !written.has(value))).toEqual([]);
  });

  test('nothing was late, and every record is accounted for', () => {
    for (const { runners } of driver.workers) {
      for (const { task } of runners) {
        for (const { read, ok, skipped, late, error } of Object.values(task!.position.tallies)) {
          expect(ok + skipped + late + error).toBe(read);
          expect(late + error).toBe(0);
        }
      }
    }
    expect(driver.log.committed('late-events')).toEqual([]);
    expect(driver.log.hasOpenTransaction()).toBe(false);
  });
});
