import { CommanderError } from 'commander';
import { join } from 'node:path';
import { crashPoints } from './crash-points/main.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const ROOT = join(import.meta.dirname, '../../..');

/** @returns the exit code */
async function main([command, ...args]: readonly string[]): Promise<number> {
  if (command === 'crash-points') return crashPoints(args, ROOT);
  process.stderr.write('usage: npm run chaos -- crash-points [--only <texts>] [--write]\n');
  return EXIT_USAGE;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  process.stderr.write(`${(error as Error).stack}\n`);
  return EXIT_FAILED;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
