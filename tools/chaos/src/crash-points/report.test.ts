import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRASH_POINTS } from '@tidemark/runtime';
import { casesOf, FAULTS, isTried } from './cases.ts';
import type { CaseResult } from './matrix.ts';
import { reportJson, reportTable } from './report.ts';
import { SHAPES } from './shapes.ts';

function results(failure: (one: CaseResult) => string | undefined = () => undefined): CaseResult[] {
  const cases = SHAPES.flatMap((shape) => casesOf(shape, FAULTS, CRASH_POINTS));
  return cases.map((one) => ({ ...one, failure: failure(one) }));
}

const rowOf = (table: string, point: string) =>
  table
    .split('\n')
    .find((line) => line.includes(point))!
    .split('|')
    .map((field) => field.trim());

test('a field says which shapes passed, and is empty where nothing is tried', () => {
  const isBad = ({ point, fault, shape }: CaseResult) =>
    point === 'commit.2.commit' && (fault === 'stop' || (fault === 'throw' && shape.name === 'merge'));
  const table = reportTable(results((one) => (isBad(one) ? 'why' : undefined)));
  expect(rowOf(table, '`commit.2.commit`').slice(2, -1)).toEqual([
    'all',
    'all',
    'none',
    'all',
    'stateless, combine',
    'all',
  ]);
  expect(rowOf(table, '`commit.2.begin`').slice(2, -1)).toEqual(['all', '', 'all', '', 'all', 'all']);
});

test('a case that was not tried has not passed', () => {
  const cases = results().filter(({ point, shape }) => point !== 'commit.2.begin' || shape.name !== 'combine');
  expect(rowOf(reportTable(cases), '`commit.2.begin`')[2]).toBe('stateless, merge');
});

test('points that were not tried again keep their row', () => {
  const before = reportTable(results(({ fault }) => (fault === 'throw' ? 'why' : undefined)));
  const again = results().filter(({ point }) => point === 'commit.2.commit');
  const table = reportTable(again, before);
  expect(rowOf(table, '`commit.2.commit`').slice(2, -1)).toEqual(['all', 'all', 'all', 'all', 'all', 'all']);
  expect(rowOf(table, '`commit.2.begin`').slice(2, -1)).toEqual(['all', '', 'all', '', 'none', 'all']);
});

test('the table of the docs has a row for each point that is tried, in their order, and no other', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/crash-points.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w.-]+)` *\|/gm)].map(([, point]) => point);
  expect(rows).toEqual(CRASH_POINTS.filter((point) => FAULTS.some((fault) => isTried(point, fault))));
});

test('the last line counts cases by fault and names those that failed', () => {
  const cases = results(({ point, fault, shape }) =>
    point === 'commit.2.begin' && fault === 'kill' && shape.name === 'merge' ? 'why' : undefined,
  );
  const summary = JSON.parse(reportJson({ cases, reports: [] }, CRASH_POINTS, 1)) as Record<string, unknown>;
  expect(summary).toMatchObject({ cases: cases.length, casesWanted: cases.length, passed: cases.length - 1 });
  expect(summary['failed']).toEqual(['merge commit.2.begin kill']);
});
