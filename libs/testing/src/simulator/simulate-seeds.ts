import { simulate, type SimulateOptions, type SimulationResult } from './simulate.ts';

/** Runs that share the turns of the host's event loop, each of which costs more than a model event. */
const LANES = 8;

/** Simulates each seed once, a few of them side by side; none disturbs another. @param onResult told as each one ends */
export async function simulateSeeds(
  seeds: Iterable<number>,
  onResult: (result: SimulationResult) => void,
  options: SimulateOptions = {},
): Promise<void> {
  const left = seeds[Symbol.iterator]();
  const lane = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) onResult(await simulate(next.value, options));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
