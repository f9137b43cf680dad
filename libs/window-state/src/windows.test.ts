import fc from 'fast-check';
import { isClosed, lastClosedEnd, newestWindowStart, slidingWindow, tumblingWindow, windowStarts } from './windows.ts';

const spec = fc
  .tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }))
  .map(([slideMs, more]) => slidingWindow({ slideMs, sizeMs: slideMs + more }));
const timeMs = fc.oneof(
  fc.integer({ min: -20_000, max: 20_000 }),
  fc.integer({ min: 1_767_225_600_000, max: 1_767_225_700_000 }),
  fc.constantFrom(0, -1, 1, 253_402_300_799_000),
);

describe('slidingWindow', () => {
  it.each([
    { sizeMs: 0, slideMs: 0 },
    { sizeMs: 10, slideMs: 0 },
    { sizeMs: 10, slideMs: -1 },
    { sizeMs: 10, slideMs: 11 },
    { sizeMs: 10.5, slideMs: 1 },
    { sizeMs: 10, slideMs: 0.5 },
    { sizeMs: Number.NaN, slideMs: 1 },
    { sizeMs: Infinity, slideMs: 1 },
    { sizeMs: 2 ** 53, slideMs: 1 },
  ])('refuses %p', (given) => expect(() => slidingWindow(given)).toThrow(RangeError));

  it('takes a slide that does not divide the size, and one that equals it', () => {
    expect(slidingWindow({ sizeMs: 10, slideMs: 3 })).toEqual({ sizeMs: 10, slideMs: 3 });
    expect(tumblingWindow(7)).toEqual({ sizeMs: 7, slideMs: 7 });
  });
});

describe('windowStarts', () => {
  it.each([
    { sizeMs: 60, slideMs: 30, timeMs: 0, starts: [0, -30] },
    { sizeMs: 60, slideMs: 30, timeMs: 29, starts: [0, -30] },
    { sizeMs: 60, slideMs: 30, timeMs: 30, starts: [30, 0] },
    { sizeMs: 60, slideMs: 30, timeMs: 59, starts: [30, 0] },
    { sizeMs: 60, slideMs: 30, timeMs: -1, starts: [-30, -60] },
    { sizeMs: 60, slideMs: 30, timeMs: -30, starts: [-30, -60] },
    { sizeMs: 10, slideMs: 10, timeMs: 9, starts: [0] },
    { sizeMs: 10, slideMs: 10, timeMs: 10, starts: [10] },
    { sizeMs: 10, slideMs: 10, timeMs: -10, starts: [-10] },
    // The slide does not divide the size: a time lies in three windows or in four.
    { sizeMs: 10, slideMs: 3, timeMs: 9, starts: [9, 6, 3, 0] },
    { sizeMs: 10, slideMs: 3, timeMs: 10, starts: [9, 6, 3] },
    { sizeMs: 10, slideMs: 3, timeMs: -1, starts: [-3, -6, -9] },
  ])('of size $sizeMs and slide $slideMs at $timeMs are $starts', ({ sizeMs, slideMs, timeMs, starts }) => {
    expect(windowStarts({ sizeMs, slideMs }, timeMs).map((start) => start + 0)).toEqual(starts);
  });

  it('are all multiples of the slide whose window holds the time, and no others', () => {
    fc.assert(
      fc.property(spec, timeMs, (window, time) => {
        const around = Math.round(time / window.slideMs);
        const reach = Math.ceil(window.sizeMs / window.slideMs) + 2;
        const expected: number[] = [];
        for (let index = around + reach; index >= around - reach; index -= 1) {
          const start = index * window.slideMs;
          if (start <= time && time < start + window.sizeMs) expected.push(start + 0);
        }
        expect(windowStarts(window, time).map((start) => start + 0)).toEqual(expected);
        expect(newestWindowStart(window, time) + 0).toBe(expected[0]);
      }),
    );
  });
});

describe('lastClosedEnd', () => {
  it('closes the same windows as the watermark that it comes from, of all windows', () => {
    fc.assert(
      fc.property(spec, timeMs, fc.integer({ min: -3, max: 3 }), (window, watermark, away) => {
        const last = lastClosedEnd(window, watermark);
        const end = (Math.round(watermark / window.slideMs) + away) * window.slideMs + window.sizeMs;
        const near = newestWindowStart(window, watermark - window.sizeMs) + away * window.slideMs + window.sizeMs;
        for (const windowEnd of [end, near, last, last + window.slideMs]) {
          expect(windowEnd <= last).toBe(isClosed(windowEnd, watermark));
        }
      }),
    );
  });

  it('is the end of a window, and applying it twice changes nothing', () => {
    fc.assert(
      fc.property(spec, timeMs, (window, watermark) => {
        const last = lastClosedEnd(window, watermark);
        expect(Math.abs((last - window.sizeMs) % window.slideMs)).toBe(0);
        expect(lastClosedEnd(window, last)).toBe(last);
      }),
    );
  });

  it('never falls while the watermark rises', () => {
    fc.assert(
      fc.property(spec, timeMs, fc.nat(10_000), (window, watermark, more) => {
        expect(lastClosedEnd(window, watermark + more)).toBeGreaterThanOrEqual(lastClosedEnd(window, watermark));
      }),
    );
  });

  it('closes nothing without a watermark', () => {
    expect(lastClosedEnd({ sizeMs: 10, slideMs: 5 }, -Infinity)).toBe(-Infinity);
  });
});

test('a window is closed by a watermark at its end, not before', () => {
  expect([isClosed(60, 59), isClosed(60, 60), isClosed(60, 61)]).toEqual([false, true, true]);
});
