import { parseUsage, readUsage } from './usage.ts';

const STAT = '4711 (a (b) c) S 1 4711 4711 0 -1 4194304 5 6 7 8 250 50 9 10 20 0 11 0 12345 1000000 2000';

test('processor time and memory come from the fields that Linux documents', () => {
  const status = 'Name:\tnode\nVmHWM:\t  400000 kB\nVmRSS:\t  250000 kB\n';
  expect(parseUsage(STAT, status)).toEqual({ cpuS: 3, rssMb: 256, maxRssMb: 409.6 });
});

test('a process that has ended but was not waited for has no memory', () => {
  expect(parseUsage(STAT, 'Name:\tnode\nState:\tZ (zombie)\n')).toBeUndefined();
});

test('this process uses something; one that is not there uses nothing', () => {
  const usage = readUsage(process.pid);
  expect(usage?.rssMb).toBeGreaterThan(10);
  expect(usage?.maxRssMb).toBeGreaterThanOrEqual(usage?.rssMb ?? Infinity);
  // Pids go up to 2^22.
  expect(readUsage(2 ** 22 + 1)).toBeUndefined();
});
