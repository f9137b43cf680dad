import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SimulateOptions } from '../config.ts';
import { readMutants } from './mutants.ts';
import { huntedLine, mutantsJson, withTable } from './mutants-report.ts';
import { runMutants } from './run-mutants.ts';

/** Hunts mutants and reports. A run over all of them makes the table of the docs. @returns whether all were found */
export async function mutantsCommand(
  options: Extract<SimulateOptions, { kind: 'mutants' }>,
  print: (line: string) => void,
): Promise<boolean> {
  // From tools/simulate/src/mutants.
  const root = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));
  const all = readMutants(join(root, 'tools/simulate/mutants'));
  const mutants = all.filter(({ name }) => options.only === undefined || name.includes(options.only));
  if (mutants.length === 0) throw new Error(`no mutant's name holds ${options.only}`);
  const hunted = await runMutants(root, mutants, options, (result) => print(huntedLine(result)));
  if (options.only === undefined) {
    const page = join(root, 'docs/mutants.md');
    writeFileSync(page, withTable(readFileSync(page, 'utf8'), hunted, options.seeds));
  }
  print(mutantsJson(hunted, options.seeds, performance.now() / 1_000));
  return hunted.every(({ isFound }) => isFound);
}
