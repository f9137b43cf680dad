import type { OutputRecord } from '@tidemark/stream';
import { ManualClock, settle } from '@tidemark/stream';
import type { EventCounts } from './event-stream.ts';
import { createBehaviorGenerator } from './generate-behavior.ts';
import { createSaleGenerator } from './generate-sale.ts';
import { produce } from './produce.ts';
import { createRandom } from './random.ts';

const START_MS = 1_767_225_600_000;

interface Run {
  readonly clock: ManualClock;
  readonly batches: (readonly OutputRecord[])[];
  readonly stop: AbortController;
  readonly done: Promise<EventCounts>;
}

function run(wanted: EventCounts, ratePerSecond: number, options: { sendMs?: number; startTimeMs?: number } = {}): Run {
  const clock = new ManualClock(START_MS);
  const batches: (readonly OutputRecord[])[] = [];
  const stop = new AbortController();
  const parts = {
    generateSale: createSaleGenerator(createRandom(1), 0),
    generateBehavior: createBehaviorGenerator(createRandom(2)),
    partitions: { sales: 3, behavior: 3 },
    wanted,
  };
  const send = async (records: readonly OutputRecord[]) => {
    batches.push(records);
    if (options.sendMs) await new Promise<void>((resolve) => clock.schedule(options.sendMs ?? 0, resolve));
  };
  const done = produce(
    { parts, ratePerSecond, startTimeMs: options.startTimeMs },
    { clock, send, onSent: () => {}, signal: stop.signal },
  );
  return { clock, batches, stop, done };
}

const salesIn = (records: readonly OutputRecord[]) => records.filter(({ topic }) => topic === 'sales-events');
const times = (records: readonly OutputRecord[]) =>
  salesIn(records).map(({ value }) => (JSON.parse(value as string) as { timestamp: number }).timestamp);

describe('produce', () => {
  test('at once: all events, in batches of at most 10,000 records', async () => {
    const { batches, done } = run({ sales: 12_000, behavior: 12_000 }, 0);
    expect(await done).toEqual({ sales: 12_000, behavior: 12_000 });
    expect(batches.map((batch) => batch.length)).toEqual([10_000, 10_000, 4_000]);
    expect(batches.flatMap(salesIn)).toHaveLength(12_000);
  });

  test('one a second: the first at once, the last after n-1 seconds', async () => {
    const { clock, batches, done } = run({ sales: 5, behavior: 5 }, 1);
    await clock.advanceAndSettle(3_900);
    expect(batches).toHaveLength(4);
    await clock.advanceAndSettle(100);
    expect(await done).toEqual({ sales: 5, behavior: 5 });
  });

  test('slow sends cause no drift', async () => {
    const { clock, batches, stop } = run({ sales: Infinity, behavior: 0 }, 100, { sendMs: 70 });
    await clock.advanceAndSettle(10_000);
    const sent = batches.flatMap(salesIn).length;
    // Due are 1,001; what became due during the send that is under way is missing.
    expect(sent).toBeGreaterThan(980);
    expect(sent).toBeLessThanOrEqual(1_001);
    stop.abort();
  });

  test('a stop ends the wait, and the send that is under way is the last', async () => {
    const waiting = run({ sales: Infinity, behavior: Infinity }, 0.01);
    await settle();
    waiting.stop.abort();
    expect(await waiting.done).toEqual({ sales: 1, behavior: 1 });

    const sending = run({ sales: Infinity, behavior: 0 }, 0, { sendMs: 50 });
    await settle();
    sending.stop.abort();
    sending.clock.advance(50);
    expect(await sending.done).toEqual({ sales: 10_000, behavior: 0 });
    expect(sending.batches).toHaveLength(1);
  });

  test('spreads sales evenly without keys, and behavior by user as every producer would', async () => {
    const { batches, done } = run({ sales: 300, behavior: 300 }, 0);
    await done;
    const sales = batches.flatMap(salesIn);
    for (const partition of [0, 1, 2]) expect(sales.filter((sale) => sale.partition === partition)).toHaveLength(100);
    expect(sales.every(({ key }) => key === null)).toBe(true);
    const byUser = new Map<unknown, Set<number>>();
    for (const { topic, key, partition } of batches.flat()) {
      if (topic === 'user-behavior') byUser.set(key, (byUser.get(key) ?? new Set()).add(partition));
    }
    expect([...byUser.values()].every((partitions) => partitions.size === 1)).toBe(true);
  });

  test.each([
    [{ sales: 10, behavior: 35 }, 35],
    [{ sales: 10, behavior: 3 }, 3],
    [{ sales: 10, behavior: 0 }, 0],
  ])('%j gives exactly %d behavior events', async (wanted, behavior) => {
    const { batches, done } = run(wanted, 0);
    expect(await done).toEqual(wanted);
    expect(batches.flat().filter(({ topic }) => topic === 'user-behavior')).toHaveLength(behavior);
  });

  test('event time is now, up to 2 s late; or goes on from a given start at the rate', async () => {
    const now = run({ sales: 50, behavior: 0 }, 0);
    await now.done;
    for (const timestampS of times(now.batches.flat()))
      expect(Math.abs(START_MS / 1_000 - 1 - timestampS)).toBeLessThan(2);

    const replay = run({ sales: 5_000, behavior: 0 }, 0, { startTimeMs: 10_000 });
    await replay.done;
    const replayed = times(replay.batches.flat());
    expect(replayed[0]).toBeLessThanOrEqual(10);
    expect(replayed.at(-1)).toBeGreaterThanOrEqual(12);
    expect(replayed.at(-1)).toBeLessThanOrEqual(14);
  });
});
