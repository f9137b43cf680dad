import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeProcessedEvent, topics } from '@tidemark/schemas';
import type { OutputMode } from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { createTopology } from '../src/topology.ts';

interface Sale {
  readonly event_id: string;
  readonly timestamp: number;
  readonly product: string;
  readonly price: number;
  readonly quantity: number;
  readonly region: string;
}

type Rows = readonly Record<string, unknown>[];
type Progress = readonly { readonly watermark: string; readonly stateRows: number }[];

/** One batch of the oracle: its input, and what Spark 4.0.1 put out in each mode. */
type MicroBatch = { readonly events: readonly Sale[] } & Readonly<Record<OutputMode, Rows>> &
  Readonly<Record<`progress_${OutputMode}`, Progress>>;

const batches = readFileSync(join(__dirname, 'fixtures/micro-batches.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as MicroBatch);

function processedEvent(sale: Sale): { value: string } {
  const { event_id: eventId, timestamp: timestampS, ...rest } = sale;
  return { value: encodeProcessedEvent({ eventId, timestampS, ...rest }) };
}

function sorted(rows: Rows): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function watermarkText(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString();
}

describe.each(['update', 'append', 'complete'] as const)('%s mode, batch by batch as Spark', (mode) => {
  let driver: TopologyDriver;

  beforeAll(async () => {
    const topology = createTopology({
      source: { kind: 'topics', subscribe: [topics.processedEvents.topic], startingOffsets: 'earliest' },
      window: { sizeMs: 60_000, slideMs: 30_000 },
      watermarkDelayMs: 10_000,
      mode,
      everyMs: 0,
      maxFutureMs: 300_000,
    });
    driver = await TopologyDriver.start({ topologies: [topology], partitions: { 'processed-events': 1 } });
  });

  afterAll(() => driver.stop());

  test.each(batches.map((batch, index) => [index, batch] as const))('batch %d', async (_index, batch) => {
    await driver.pipeInput(topics.processedEvents.topic, batch.events.map(processedEvent));

    expect(sorted(driver.readJson(topics.windowSales.topic))).toEqual(sorted(batch[mode]));
    const expected = batch[`progress_${mode}`].at(-1)!;
    // In complete mode Spark reports the watermark before the batch: no empty batch follows that would show the next.
    if (mode !== 'complete') {
      const { watermarkMs } = driver.position('window-aggregator/combine/0');
      expect(watermarkText(watermarkMs['window-sales'])).toBe(expected.watermark);
      expect(driver.rows('window-aggregator/merge')).toHaveLength(expected.stateRows);
    }
  });

  test('every record is accounted for', () => {
    const tally = driver.position('window-aggregator/combine/0').tallies['window-sales']!;
    expect(tally.read).toBe(batches.reduce((sum, { events }) => sum + events.length, 0));
    expect(tally.ok + tally.skipped + tally.late + tally.error).toBe(tally.read);
  });

  test('a restart emits nothing again and loses nothing', async () => {
    const rows = driver.rows('window-aggregator/merge');
    await driver.restart();
    await driver.advanceTime(60_000);
    expect(driver.readOutput(topics.windowSales.topic)).toEqual([]);
    expect(driver.rows('window-aggregator/merge')).toEqual(rows);
  });
});
