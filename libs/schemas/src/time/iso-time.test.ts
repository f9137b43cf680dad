import { isoFromMs, msFromIso } from './iso-time.ts';

describe('times as text', () => {
  test.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [-30_000, '1969-12-31T23:59:30.000Z'],
    [1_767_225_600_123, '2026-01-01T00:00:00.123Z'],
    [253_402_300_800_000, '+010000-01-01T00:00:00.000Z'],
  ])('%d ms is %s, both ways and again', (timeMs, text) => {
    for (let round = 0; round < 2; round += 1) {
      expect(isoFromMs(timeMs)).toBe(text);
      expect(msFromIso(text)).toBe(timeMs);
    }
  });

  test('stays right when more different times come than are remembered', () => {
    for (let second = 0; second < 10_000; second += 1) {
      expect(msFromIso(isoFromMs(second * 1_000))).toBe(second * 1_000);
    }
  });

  test.each([
    '2026-01-01',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000+00:00',
    '2026-02-29T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '+002026-01-01T00:00:00.000Z',
    ' 2026-01-01T00:00:00.000Z',
    '',
  ])('"%s" is none', (text) => expect(msFromIso(text)).toBeUndefined());
});
