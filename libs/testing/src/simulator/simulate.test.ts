import { FAULT_KINDS } from './fault-kinds.ts';
import { simulate, type SimulationResult } from './simulate.ts';
import { simulateSeeds } from './simulate-seeds.ts';
import { addSummaries, summaryOf } from './summary.ts';

/** Another range is another set of histories. */
const FIRST_SEED = Number(process.env['SIMULATE_FROM'] ?? 1);
const SEEDS = Number(process.env['SIMULATE_SEEDS'] ?? 200);

function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function resultsOf(seeds: readonly number[]): Promise<readonly SimulationResult[]> {
  const results: SimulationResult[] = [];
  await simulateSeeds(seeds, (result) => void results.push(result));
  return results.sort((a, b) => a.seed - b.seed);
}

test('whatever happens, nothing is lost, doubled, out of order, wrong, stuck or left open', async () => {
  const results = await resultsOf(seedsFrom(FIRST_SEED, SEEDS));
  const summary = results.map(summaryOf).reduce(addSummaries);
  expect(summary.failures).toEqual([]);
  expect(summary.runs).toBe(SEEDS);
  // It has seen something: every kind of fault, also in the middle of transactions.
  if (SEEDS >= 200) expect(FAULT_KINDS.filter((kind) => summary.faults[kind].count === 0)).toEqual([]);
  const open = FAULT_KINDS.reduce((sum, kind) => sum + summary.faults[kind].withOpenTransaction, 0);
  expect(open).toBeGreaterThan(SEEDS);
}, 300_000);

test('a seed is one history, whatever runs beside it, line by line', async () => {
  const seeds = seedsFrom(FIRST_SEED, 20);
  const together = await resultsOf(seeds);
  for (const result of together) {
    const lines: string[] = [];
    expect(await simulate(result.seed, { onLine: (line) => void lines.push(line) })).toEqual(result);
    expect(result.traceHash).toMatch(new RegExp(`^${lines.length}-`));
  }
  expect(new Set(together.map(({ traceHash }) => traceHash)).size).toBe(seeds.length);
}, 60_000);
