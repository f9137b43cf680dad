import type { SimulationSummary } from '@tidemark/testing';
import { createProgress } from './progress.ts';

type Failures = SimulationSummary['failures'];

/** A progress over 100 runs, its clock, and what it has written. */
function open(isTTY: boolean) {
  const clock = { ms: 0 };
  const written: string[] = [];
  const output = { isTTY, write: (text: string) => written.push(text) };
  const show = createProgress(100, output, () => clock.ms);
  const after = (runs: number, failures: Failures = []) =>
    show({ runs, failures, failedRuns: failures.length } as SimulationSummary);
  return { clock, written, after };
}

const failed = (seed: number) => ({ seed, violations: [`lost ${seed}`, 'and more'] });

it('changes one line on a terminal', () => {
  const { written, after } = open(true);
  after(10);
  after(20);
  expect(written).toEqual(['\r10 of 100 runs', '\r20 of 100 runs']);
});

it('writes a line a minute where no terminal is', () => {
  const { clock, written, after } = open(false);
  for (const [ms, runs] of [
    [1_000, 10],
    [60_000, 20],
    [119_999, 30],
    [120_000, 40],
  ] as const) {
    clock.ms = ms;
    after(runs);
  }
  expect(written).toEqual(['20 of 100 runs\n', '40 of 100 runs\n']);
});

it('tells of each run with violations at once, and only once, in whatever order they come', () => {
  const { clock, written, after } = open(false);
  after(10, [failed(7)]);
  after(20, [failed(3), failed(7)]);
  clock.ms = 60_000;
  after(30, [failed(3), failed(7)]);
  expect(written).toEqual(['seed 7: lost 7\n', 'seed 3: lost 3\n', '30 of 100 runs, 2 with violations\n']);
});
