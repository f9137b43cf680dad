import { encodeProcessedEvent, topics } from '@tidemark/schemas';
import { MICRO_BATCH_QUERY, microBatches, type OracleSale, sortedTexts, TopologyDriver } from '@tidemark/testing';
import { createTopology } from '../src/topology.ts';

function processedEvent(sale: OracleSale): { value: string } {
  const { event_id: eventId, timestamp: timestampS, ...rest } = sale;
  return { value: encodeProcessedEvent({ eventId, timestampS, ...rest }) };
}

function watermarkText(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString();
}

describe.each(['update', 'append', 'complete'] as const)('%s mode, batch by batch as Spark', (mode) => {
  const batches = microBatches(mode);
  let driver: TopologyDriver;

  const watermark = () => watermarkText(driver.position('window-aggregator/combine/0').watermarkMs['window-sales']);

  beforeAll(async () => {
    const topology = createTopology({
      source: { kind: 'topics', subscribe: [topics.processedEvents.topic], startingOffsets: 'earliest' },
      ...MICRO_BATCH_QUERY,
      closesWhenIdle: false,
      mode,
      everyMs: 0,
      maxFutureMs: 300_000,
    });
    driver = await TopologyDriver.start({ topologies: [topology], partitions: { 'processed-events': 1 } });
  });

  afterAll(() => driver.stop());

  test.each(batches.map((batch, index) => [index, batch] as const))('batch %d', async (_index, batch) => {
    expect(watermark()).toBe(batch.watermarkBefore);
    await driver.pipeInput(topics.processedEvents.topic, batch.sales.map(processedEvent));

    expect(sortedTexts(driver.readJson(topics.windowSales.topic))).toEqual(batch.rows);
    expect(watermark()).toBe(batch.watermarkAfter);
    expect(driver.rows('window-aggregator/merge')).toHaveLength(batch.stateRows);
  });

  test('every record is accounted for', () => {
    const tally = driver.position('window-aggregator/combine/0').tallies['window-sales']!;
    expect(tally.read).toBe(batches.reduce((sum, { sales }) => sum + sales.length, 0));
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
