import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Hunted, huntMutant } from './hunt-mutant.ts';
import { mutatedFiles } from './mutated-copy.ts';
import { type Mutant, readMutants } from './mutants.ts';
import { mutantsJson, withTable } from './mutants-report.ts';

/** Jest runs this file as CommonJS. */
const ROOT = resolve(__dirname, '../../../..');
const mutants = readMutants(join(ROOT, 'tools/simulate/mutants'));

/** These show themselves within a few seeds. */
const QUICK = ['own/commit-4-redis-before-commit', 'own/commit-2-two-transactions', 'own/emit-waiting-forgotten'];
const QUICK_SEEDS = 60;

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s applies to the code of today', (_, mutant) => {
  expect(mutatedFiles(ROOT, mutant).size).toBe(mutant.files.length);
});

test('the table of the docs has a row for each', () => {
  const page = readFileSync(join(ROOT, 'docs/mutants.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w/-]+)`/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(mutants.map(({ name }) => name).sort());
});

test.each(QUICK)(
  '%s is found',
  async (name) => {
    const mutant = mutants.find((candidate) => candidate.name === name)!;
    const { seeds, violation } = await huntMutant(ROOT, mutant, 1, QUICK_SEEDS);
    expect(seeds).toBeLessThanOrEqual(QUICK_SEEDS);
    expect(violation).not.toMatch(/broke down|does not end/);
  },
  120_000,
);

test('code that is changed without effect is not found', async () => {
  const harmless = { name: 'harmless', clause: 'nothing', files: [] };
  expect(await huntMutant(ROOT, harmless, 1, 3)).toMatchObject({ seeds: undefined, violation: '' });
}, 120_000);

describe('the report', () => {
  const mutant: Mutant = { name: 'own/a', clause: 'No | fence', files: [] };
  const found: Hunted = { mutant, isFound: true, seeds: 7, violation: 'lost: x\n  at y', seconds: 1 };
  const missed: Hunted = {
    mutant: { ...mutant, name: 'own/b' },
    isFound: false,
    seeds: undefined,
    violation: '',
    seconds: 1,
  };

  it('has the figures for programs', () => {
    expect(JSON.parse(mutantsJson([found, missed], 100, 1.23))).toMatchObject({
      ...{ mutants: 2, found: 1, foundByTest: 0, notFound: ['own/b'], mostSeeds: 100, largestSeeds: 7, seconds: 1.2 },
    });
  });

  it('makes the table of the page anew and leaves the rest as it is', () => {
    const page = 'before\n<!-- mutants: begin -->\nold\n<!-- mutants: end -->\nafter';
    const [before, sum, head, , first, second, after] = withTable(page, [found, missed], 100)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('<!--'));
    expect([before, after]).toEqual(['before', 'after']);
    expect(sum).toBe('1 of 2 were found, in at most 100 seeds each.');
    expect(head).toContain('seeds');
    expect(first).toBe('| `own/a` | No \\| fence | 7 | lost: x |');
    expect(second).toContain('**not found**');
  });

  it('refuses a page without a place for it', () => {
    expect(() => withTable('no place', [], 1)).toThrow('lacks');
  });
});
