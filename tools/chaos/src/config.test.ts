import { parseOptions } from './config.ts';
import { FAULT_KINDS } from './faults/kinds.ts';

test('ten minutes of seed 1 when nothing is said', () => {
  expect(parseOptions([])).toEqual({
    minutes: 10,
    seed: 1,
    rate: 1_000,
    only: FAULT_KINDS,
    eachKind: false,
    leastFaults: 0,
    leastOpen: 0,
    leastRecords: 0,
    keep: false,
  });
});

test('all can be set', () => {
  const argv = ['--minutes', '45', '--seed', '7', '--rate', '500', '--keep', '--each-kind'];
  const least = ['--least-faults', '200', '--least-open', '100', '--least-records', '5000000'];
  expect(parseOptions([...argv, ...least, '--only', 'broker-kill,redis-cut'])).toEqual({
    minutes: 45,
    seed: 7,
    rate: 500,
    only: ['broker-kill', 'redis-cut'],
    eachKind: true,
    leastFaults: 200,
    leastOpen: 100,
    leastRecords: 5_000_000,
    keep: true,
  });
});

test.each([
  ['--minutes', '0'],
  ['--minutes', '1.5'],
  ['--minutes', '1441'],
  ['--seed', '-1'],
  ['--seed', 'x'],
  ['--rate', '100001'],
  ['--least-faults', 'many'],
  ['--fast', '1'],
  ['--only', 'broker-kill,earthquake'],
])('refuses %s %s', (...argv) => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => parseOptions(argv)).toThrow();
  write.mockRestore();
});
