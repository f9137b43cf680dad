import fc from 'fast-check';
import { createChance } from './chance.ts';
import { drawRhythms, outsideOfPauses, RESTLESS } from './rhythms.ts';

const anySettings = fc.record({
  idleTimeoutMs: fc.constantFrom(5_000, 15_000),
  chaosMs: fc.constantFrom(12_000, 30_000, 60_000),
  death: fc.constant(undefined),
});

test('pauses follow each other, are over before the end or never, and most are long enough to become idle', () => {
  let pauses = 0;
  let long = 0;
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 7 }), anySettings, (seed, sources, settings) => {
      const rhythms = drawRhythms(createChance(seed, 1), sources, settings);
      expect(rhythms).toHaveLength(sources);
      for (const { pauses: own } of rhythms) {
        for (const [index, { fromMs, toMs }] of own.entries()) {
          expect(fromMs).toBeGreaterThanOrEqual(index === 0 ? 0 : own[index - 1]!.toMs);
          expect(toMs).toBeGreaterThan(fromMs);
          expect(toMs === Infinity || toMs < settings.chaosMs).toBe(true);
          pauses += 1;
          if (toMs - fromMs > settings.idleTimeoutMs) long += 1;
        }
      }
    }),
    { seed: 1, numRuns: 300 },
  );
  expect(long / pauses).toBeGreaterThan(0.6);
});

test('who gives events at regular intervals is never silent for the idle time-out between them', () => {
  fc.assert(
    fc.property(fc.integer(), anySettings, (seed, settings) => {
      for (const { steadyMs, pauses } of drawRhythms(createChance(seed, 1), 4, settings)) {
        if (steadyMs.length === 0) continue;
        expect(pauses).toEqual([]);
        const gaps = steadyMs.map((ms, index) => ms - (steadyMs[index - 1] ?? 0));
        expect(Math.max(...gaps)).toBeLessThan(settings.idleTimeoutMs);
      }
    }),
  );
});

test('beside a death one source is silent from before it until after it, and all others give events all the time', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 12_000, max: 20_000 }), (seed, atMs) => {
      const settings = { idleTimeoutMs: 5_000, chaosMs: 60_000, death: { atMs } };
      const [first, ...others] = drawRhythms(createChance(seed, 1), 3, settings);
      const [pause] = first!.pauses;
      expect(atMs - pause!.fromMs).toBeGreaterThan(2 * settings.idleTimeoutMs);
      expect(pause!.toMs).toBeGreaterThanOrEqual(atMs);
      expect(others).toEqual([RESTLESS, RESTLESS]);
    }),
  );
});

test.each([
  ['before it stays', [{ fromMs: 1_000, toMs: 9_000 }], 999, 999, 999],
  ['in it comes soon after it', [{ fromMs: 1_000, toMs: 9_000 }], 1_000, 9_000, 9_999],
  ['at its end stays', [{ fromMs: 1_000, toMs: 9_000 }], 9_000, 9_000, 9_000],
  ['in one that does not end comes before it', [{ fromMs: 1_000, toMs: Infinity }], 5_000, 0, 999],
])('an event that is drawn for a time of a pause: one %s', (_what, pauses, drawnMs, leastMs, mostMs) => {
  const times = Array.from({ length: 50 }, (_, seed) => outsideOfPauses(createChance(seed, 1), pauses, drawnMs));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(leastMs);
  expect(Math.max(...times)).toBeLessThanOrEqual(mostMs);
});
