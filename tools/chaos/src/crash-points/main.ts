import { CRASH_POINTS } from '@tidemark/runtime';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { countCases, type MatrixResult, runMatrix } from './matrix.ts';
import { reportJson, reportTable } from './report.ts';

const DOCS = 'docs/crash-points.md';
const TABLE = /(?<=<!-- table -->\n\n)[\s\S]*?(?=\n*<!-- end of table -->)/;
const EXIT_FAILED = 1;
const EXIT_STOPPED = 130;

/**
 * `npm run chaos -- crash-points`: a worker of each shape dies, stops and fails at every crash point.
 * @returns the exit code
 */
export async function crashPoints(args: readonly string[], rootDir: string): Promise<number> {
  const { only, write } = parseFlags(args);
  const points = CRASH_POINTS.filter((point) => only.split(',').some((text) => point.includes(text)));
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  // What it has started ends with this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT_STOPPED));
  const logDir = join(rootDir, '.tidemark/crash-points');
  const result = await runMatrix({ rootDir, logDir, print }, points);
  if (write) writeTable(join(rootDir, DOCS), result);
  print(reportTable(result.cases));
  print(reportJson(result, points, performance.now() / 1_000));
  const isWell = result.cases.length === countCases(points) && result.cases.every(({ failure }) => !failure);
  return isWell ? 0 : EXIT_FAILED;
}

/** @throws CommanderError */
function parseFlags(args: readonly string[]): { readonly only: string; readonly write: boolean } {
  return new Command('npm run chaos -- crash-points')
    .description('Every crash point of take-over and commit cycle, with every fault, for a worker of each shape.')
    .option('--only <texts>', 'only points with one of these in their name, comma-separated', '')
    .option('--write', `write the table into ${DOCS}; points that were not tried keep their row`, false)
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts();
}

function writeTable(path: string, { cases }: MatrixResult): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(TABLE, (before) => reportTable(cases, before)),
  );
}
