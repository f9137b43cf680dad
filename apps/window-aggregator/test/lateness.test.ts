import fc from 'fast-check';
import { encodeProcessedEvent } from '@tidemark/schemas';
import type { Topology } from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { createTopology } from '../src/topology.ts';

const PARTITIONS = 3;
const SIZE_S = 60;
const SLIDE_S = 30;
const DELAY_S = 10;
const EPOCH_S = 1_767_225_600;

/** Events (seconds after the epoch of the test) that reach one partition at once. */
interface Round {
  readonly partition: number;
  readonly times: readonly number[];
}

interface Outcome {
  /** Orders by window start. */
  readonly orders: Readonly<Record<number, number>>;
  readonly late: number;
}

/**
 * What must come out, by the rules alone: an event counts for each of its windows that ends after the watermark as it
 * stood before its batch; the watermark is the smallest of the partitions' largest times, less the delay.
 */
function reference(rounds: readonly Round[]): Outcome {
  const frontiers: number[] = Array.from({ length: PARTITIONS }, () => -Infinity);
  const orders: Record<number, number> = {};
  let late = 0;
  for (const { partition, times } of rounds) {
    const watermark = Math.min(...frontiers) - DELAY_S;
    for (const time of times) {
      let counted = false;
      for (let start = Math.floor(time / SLIDE_S) * SLIDE_S; start > time - SIZE_S; start -= SLIDE_S) {
        if (start + SIZE_S <= watermark) continue;
        orders[start] = (orders[start] ?? 0) + 1;
        counted = true;
      }
      if (!counted) late += 1;
    }
    frontiers[partition] = Math.max(frontiers[partition]!, ...times);
  }
  return { orders, late };
}

function topology(): Topology {
  return createTopology({
    source: { kind: 'topics', subscribe: ['processed-events'], startingOffsets: 'earliest' },
    window: { sizeMs: SIZE_S * 1_000, slideMs: SLIDE_S * 1_000 },
    watermarkDelayMs: DELAY_S * 1_000,
    closesWhenIdle: false,
    mode: 'update',
    everyMs: 0,
    maxFutureMs: Infinity,
  });
}

async function run(rounds: readonly Round[]): Promise<Outcome> {
  const driver = await TopologyDriver.start({
    partitions: { 'processed-events': PARTITIONS },
    topologies: [topology()],
  });
  for (const { partition, times } of rounds) {
    await driver.pipeInput('processed-events', times.map(eventAt), partition);
  }
  const orders: Record<number, number> = {};
  for (const row of driver.readJson<{ window_start: string; window_orders: number }>('window-sales')) {
    orders[Date.parse(row.window_start) / 1_000 - EPOCH_S] = row.window_orders;
  }
  const late = driver.readOutput('late-events').length;
  const tallied = [0, 1, 2].map((task) => driver.position(`window-aggregator/combine/${task}`).tallies['window-sales']);
  expect(tallied.reduce((sum, tally) => sum + (tally?.late ?? 0), 0)).toBe(late);
  await driver.stop();
  return { orders, late };
}

function eventAt(time: number): { value: string } {
  const sale = { eventId: 'e', timestampS: EPOCH_S + time, product: 'laptop', price: 1, quantity: 1, region: 'North' };
  return { value: encodeProcessedEvent(sale) };
}

const rounds = fc.array(
  fc.record({
    partition: fc.nat({ max: PARTITIONS - 1 }),
    times: fc.array(fc.nat({ max: 600 }), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 25 },
);

test('what is late under skew, and what is not, follows from the rules alone', async () => {
  await fc.assert(
    fc.asyncProperty(rounds, async (given) => expect(await run(given)).toEqual(reference(given))),
    { numRuns: 60 },
  );
});

test('late records occur, go to late-events as they came, and say how late they are', async () => {
  const skewed: Round[] = [
    { partition: 0, times: [300] },
    { partition: 1, times: [300] },
    { partition: 2, times: [300, 5] },
    { partition: 0, times: [5] },
  ];
  expect(reference(skewed).late).toBe(1);
  expect(await run(skewed)).toEqual(reference(skewed));
});

test('partitions fed one after another make nothing late', async () => {
  const minutes = Array.from({ length: 20 }, (_, minute) => minute * 30);
  const oneByOne = [0, 1, 2].flatMap((partition) => minutes.map((time) => ({ partition, times: [time, time + 7] })));
  expect((await run(oneByOne)).late).toBe(0);
});

test('input that comes again after a pause, one partition first, makes the others late no more', async () => {
  const driver = await TopologyDriver.start({
    partitions: { 'processed-events': PARTITIONS },
    topologies: [topology()],
  });
  await driver.advanceTime(31_000);
  const idle = [0, 1, 2].map((task) => driver.position(`window-aggregator/combine/${task}`).idleUntilMs);
  expect(idle.every((untilMs) => untilMs !== null)).toBe(true);
  for (const partition of [0, 1, 2]) {
    await driver.pipeInput('processed-events', [0, 600].map(eventAt), partition);
    await driver.advanceTime(5_000);
  }
  expect(driver.readOutput('late-events')).toEqual([]);

  // Those that stay without data are left out again once they have renewed their lease.
  for (let time = 2_000; time <= 2_090; time += 10) {
    await driver.pipeInput('processed-events', [eventAt(time)], 0);
    await driver.advanceTime(10_000);
  }
  const { watermarkMs } = driver.position('window-aggregator/combine/0');
  expect(watermarkMs['window-sales']).toBe((EPOCH_S + 2_090 - DELAY_S) * 1_000);
  await driver.stop();
});
