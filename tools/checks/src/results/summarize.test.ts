import type { ProjectResult } from './project-result.ts';
import { summarize } from './summarize.ts';

const lint = { name: 'lint', isPassed: true };
const tests = { name: 'tests', isPassed: true };

function result(project: string, counts: Partial<ProjectResult>): [string, ProjectResult] {
  return [project, { project, passed: 0, failed: 0, skipped: 0, brokenFiles: 0, ...counts }];
}

test('checks and the tests of all projects are added up', () => {
  const results = new Map([result('libs/a', { passed: 3 }), result('libs/b', { passed: 4, skipped: 1 })]);
  const { passed, failed, lines } = summarize([lint], tests, results);
  expect({ passed, failed }).toEqual({ passed: 8, failed: 0 });
  expect(lines).toEqual([
    'ok     lint',
    'ok     libs/a                   3 passed',
    'ok     libs/b                   4 passed, 1 skipped',
  ]);
});

test('a failed check, a failed test, a broken file and a project without result count as one each', () => {
  const results = new Map<string, ProjectResult | undefined>([
    result('libs/a', { passed: 3, failed: 1 }),
    result('libs/b', { brokenFiles: 1 }),
    ['libs/c', undefined],
  ]);
  const summary = summarize([{ name: 'lint', isPassed: false }], { ...tests, isPassed: false }, results);
  expect({ passed: summary.passed, failed: summary.failed }).toEqual({ passed: 3, failed: 4 });
  expect(summary.lines.every((line) => line.startsWith('FAILED'))).toBe(true);
});

test('a run that crashed after its last test is not a success', () => {
  const { failed } = summarize([], { ...tests, isPassed: false }, new Map([result('libs/a', { passed: 3 })]));
  expect(failed).toBe(1);
});
