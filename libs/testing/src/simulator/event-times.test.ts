import fc from 'fast-check';
import { createChance } from './chance.ts';
import { EventTimes } from './event-times.ts';
import { RESTLESS, type Rhythm } from './rhythms.ts';

const START_MS = 1_000_000;
const GAP_MS = 3_000;
const IDLE_MS = 5_000;

function timesOf(rhythms: readonly Partial<Rhythm>[] = [], seed = 1): EventTimes {
  const settings = { gapMs: GAP_MS, idleTimeoutMs: IDLE_MS };
  const all = rhythms.map((rhythm) => ({ ...RESTLESS, ...rhythm }));
  return new EventTimes(createChance(seed, 1), settings, all, START_MS);
}

/** Draws the next event of a source and feeds it. */
function feedNext(times: EventTimes, source: number, atMs: number): number {
  const timeMs = times.next(source, atMs);
  times.fed(source, atMs, timeMs);
  return timeMs;
}

test('event times of a source begin at the start, never fall, and rise by less than the gap where nobody is silent', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 }), (seed, sources) => {
      const times = timesOf([], seed);
      for (const [index, source] of sources.entries()) {
        const beforeMs = times.newest(source);
        const timeMs = feedNext(times, source, index * 100);
        expect(timeMs).toBeGreaterThanOrEqual(beforeMs);
        expect(timeMs).toBeLessThan(beforeMs + GAP_MS);
      }
    }),
  );
});

test('an event that comes behind its time does not move its source back', () => {
  const times = timesOf();
  times.fed(0, 0, START_MS + 9_000);
  times.fed(0, 100, START_MS + 1_000);
  expect(times.newest(0)).toBe(START_MS + 9_000);
  expect(times.next(0, 200)).toBeGreaterThanOrEqual(START_MS + 9_000);
});

test('who is live begins where all others are, each time', () => {
  const times = timesOf([{ isLive: true }, {}]);
  times.fed(1, 100, START_MS + 70_000);
  expect(times.next(0, 99)).toBeLessThan(START_MS + GAP_MS);
  expect(times.next(0, 100)).toBeGreaterThanOrEqual(START_MS + 70_000);
});

test.each([
  ['ahead of all', { behindMs: 0, leadMs: 60_000 }, 140_000],
  ['where all were before that', { behindMs: 2_001, leadMs: 0 }, 20_000],
])('who was silent for the idle time-out goes on %s, as its rhythm says', (_what, back, beginMs) => {
  const times = timesOf([{ back }, {}]);
  times.fed(0, 1_000, START_MS + 10_000);
  times.fed(1, 1_000, START_MS + 20_000);
  times.fed(1, 8_000, START_MS + 80_000);
  const timeMs = times.next(0, 10_000);
  expect(timeMs).toBeGreaterThanOrEqual(START_MS + beginMs);
  expect(timeMs).toBeLessThan(START_MS + beginMs + GAP_MS);
});

test('who was silent for less goes on where it was', () => {
  const times = timesOf([{ back: { behindMs: 0, leadMs: 60_000 } }, {}]);
  times.fed(0, 1_000, START_MS + 10_000);
  times.fed(1, 1_000, START_MS + 20_000);
  expect(times.next(0, 1_000 + IDLE_MS)).toBeLessThan(START_MS + 10_000 + GAP_MS);
});

test('of those whose rhythm says nothing most go on about where the others are, and some where they were', () => {
  const begins = Array.from({ length: 200 }, (_, seed) => {
    const times = timesOf([{}, {}], seed);
    times.fed(0, 1_000, START_MS + 10_000);
    times.fed(1, 1_000, START_MS + 100_000);
    return times.next(0, 20_000) - START_MS;
  });
  const caughtUp = begins.filter((ms) => ms >= 100_000).length;
  expect(caughtUp).toBeGreaterThan(100);
  expect(caughtUp).toBeLessThan(180);
  expect(Math.max(...begins)).toBeLessThan(100_000 + 2 * IDLE_MS + GAP_MS);
});

test('a slow pace makes event times rise by a share of the gap', () => {
  const times = timesOf([{ pace: 0.1 }]);
  for (let index = 1; index <= 20; index += 1) feedNext(times, 0, index * 100);
  expect(times.newest(0)).toBeLessThan(START_MS + 20 * 0.1 * GAP_MS);
});
