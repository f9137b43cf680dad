import { parseOptions } from './config.ts';

test('ten minutes of seed 1 when nothing is said', () => {
  expect(parseOptions([])).toEqual({ minutes: 10, seed: 1, rate: 1_000, keep: false });
});

test('all can be set', () => {
  const argv = ['--minutes', '45', '--seed', '7', '--rate', '500', '--keep'];
  expect(parseOptions(argv)).toEqual({ minutes: 45, seed: 7, rate: 500, keep: true });
});

test.each([
  ['--minutes', '0'],
  ['--minutes', '1.5'],
  ['--minutes', '1441'],
  ['--seed', '-1'],
  ['--seed', 'x'],
  ['--rate', '100001'],
  ['--fast', '1'],
])('refuses %s %s', (...argv) => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => parseOptions(argv)).toThrow();
  write.mockRestore();
});
