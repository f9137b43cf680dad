import { passesTest } from './hunt-by-test.ts';
import { type Hunted, huntMutant } from './hunt-mutant.ts';
import { mutatedFiles } from './mutated-copy.ts';
import type { Mutant } from './mutants.ts';

/**
 * Hunts mutants, a few side by side.
 * @param root the repository's
 * @param onHunted told of each one as its hunt ends
 * @returns in the order in which they were given
 * @throws Error before any hunt begins: when a patch does not apply, or a test that is to find some fails without them
 */
export async function runMutants(
  root: string,
  mutants: readonly Mutant[],
  { from, seeds, jobs }: { readonly from: number; readonly seeds: number; readonly jobs: number },
  onHunted: (hunted: Hunted) => void,
): Promise<readonly Hunted[]> {
  for (const mutant of mutants) mutatedFiles(root, mutant);
  await checkTests(root, mutants);
  const results = new Map<Mutant, Hunted>();
  const left = mutants[Symbol.iterator]();
  const lane = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const hunted = await huntMutant(root, next.value, from, seeds);
      results.set(next.value, hunted);
      onHunted(hunted);
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  return mutants.map((mutant) => results.get(mutant)!);
}

/** A test that fails anyhow would find everything. */
async function checkTests(root: string, mutants: readonly Mutant[]): Promise<void> {
  for (const test of new Set(mutants.flatMap((mutant) => mutant.test ?? []))) {
    if (await passesTest(root, { name: 'none', clause: '', files: [] }, test)) continue;
    throw new Error(`${test} fails without any mutant`);
  }
}
