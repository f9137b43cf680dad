import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readMutants } from './mutants.ts';

/** Jest runs this file as CommonJS. */
const ROOT = resolve(__dirname, '../../../..');
const names = readMutants(join(ROOT, 'tools/simulate/mutants')).map(({ name }) => name);
const [list = ''] = readFileSync(join(ROOT, 'docs/mutants.md'), 'utf8').split('<!-- mutants: begin -->');

/** A row: a clause, and the mutants that break it. */
const rows = [...list.matchAll(/^\| (?!clause |-)(.+?) +\| (.+?) +\|$/gm)].map(([, clause, mutants]) => ({
  clause: clause!,
  mutants: [...mutants!.matchAll(/`([\w/-]+)`/g)].map(([, name]) => name!),
}));

/** The part of a page below a heading, up to the next one. */
function section(page: string, heading: string): string {
  const [, below = ''] = page.split(`${heading}\n`);
  return below.split(/^##/m)[0]!;
}

test('each clause is broken by a mutant', () => {
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(({ mutants }) => mutants.length === 0)).toEqual([]);
});

test('each mutant that is named is there, and each that is there is named', () => {
  const named = [...list.matchAll(/`((?:own|drafted)\/[\w-]+)`/g)].map(([, name]) => name!);
  expect([...new Set(named)].sort()).toEqual([...names].sort());
});

test.each([
  ['### Commit cycle', '## The commit cycle'],
  ['### Take-over', '## The take-over'],
])('%s: each step of the architecture has a row', (heading, chapter) => {
  const architecture = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');
  const steps = [...section(architecture, chapter).matchAll(/^(\d+)\. /gm)].map(([, step]) => step!);
  const stepsOfRows = [...section(list, heading).matchAll(/^\| Step (\d+):/gm)].map(([, step]) => step!);
  expect([...new Set(stepsOfRows)]).toEqual(steps);
  expect(steps.length).toBeGreaterThanOrEqual(4);
});
