import { FAULT_KINDS, type FaultCounts, type FaultKind, type SimulationSummary } from '@tidemark/testing';
import { reportExitCode, reportJson, reportLines } from './report.ts';

const NONE = { count: 0, withOpenTransaction: 0 };

function faultsOf(some: Partial<FaultCounts>): FaultCounts {
  return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, some[kind] ?? NONE])) as FaultCounts;
}

const clean: SimulationSummary = {
  runs: 20,
  events: 300,
  commits: 4_000,
  modelSeconds: 7_200,
  faults: faultsOf({ kill: { count: 3, withOpenTransaction: 2 }, 'redis-torn': { count: 4, withOpenTransaction: 0 } }),
  failedRuns: 0,
  failures: [],
};

/** More runs have violated something than are told in full. */
const violated: SimulationSummary = {
  ...clean,
  failedRuns: 3,
  failures: [
    { seed: 7, violations: ['lost: cleaned lacks 1', 'the changelog of a/b/0 does not end with its last position'] },
    { seed: 19, violations: ['stuck: not done'] },
  ],
};

const read = (summary: SimulationSummary) => JSON.parse(reportJson(summary, 10.04)) as Record<string, unknown>;

describe('for programs', () => {
  it('is one line with all that there is to count', () => {
    expect(reportJson(clean, 10)).not.toContain('\n');
    expect(read(clean)).toEqual({
      ...{ runs: 20, seconds: 10, events: 300, commits: 4_000, faults: 7, faultsWithOpenTransaction: 2 },
      faultsByKind: expect.objectContaining({ kill: 3, 'redis-torn': 4, fence: 0 }),
      ...{ violations: 0, failedSeeds: [] },
    });
  });

  it('names each kind of fault, also those that did not happen', () => {
    expect(Object.keys(read(clean)['faultsByKind'] as Record<FaultKind, number>)).toEqual([...FAULT_KINDS]);
  });

  it('counts runs with violations, not violations, and names the seeds of the first', () => {
    expect(read(violated)).toMatchObject({ violations: 3, failedSeeds: [7, 19] });
  });
});

describe('for people', () => {
  it('tells how much was run, and how fast', () => {
    expect(reportLines(clean, 10)[0]).toBe('20 runs in 10.0 s (2/s): 300 events, 4000 commits, 2 h of model time');
  });

  it('tells faults, and how many of them came while a transaction was open', () => {
    const lines = reportLines(clean, 10);
    expect(lines).toContain('  kill                 3 (2)');
    expect(lines).toContain('  fence                0 (0)');
    expect(lines.at(-1)).toBe('runs with violations: 0');
  });

  it('tells violations, each run with how to see it again', () => {
    const lines = reportLines(violated, 10);
    expect(lines.slice(lines.indexOf('runs with violations: 3') + 1)).toEqual([
      'seed 7; replay: npm run simulate -- --seed 7 --trace',
      '  lost: cleaned lacks 1',
      '  the changelog of a/b/0 does not end with its last position',
      'seed 19; replay: npm run simulate -- --seed 19 --trace',
      '  stuck: not done',
    ]);
  });
});

test('the exit code says whether anything was violated', () => {
  expect([reportExitCode(clean), reportExitCode(violated)]).toEqual([0, 1]);
});
