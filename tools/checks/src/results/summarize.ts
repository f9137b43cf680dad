import type { ProjectResult } from './project-result.ts';
import type { Results } from './read-results.ts';

/** A command that passes or fails as a whole. */
export interface Check {
  readonly name: string;
  readonly isPassed: boolean;
}

export interface Summary {
  /** One line for each check and each project. */
  readonly lines: readonly string[];
  readonly passed: number;
  readonly failed: number;
}

/**
 * Adds everything up. A check counts as one test; a test file that could not be run, and a project that left no result,
 * as one failed test each. A test run that failed although no test did (a crash in its teardown) counts as one too.
 */
export function summarize(checks: readonly Check[], testRun: Check, results: Results): Summary {
  const lines = checks.map(({ name, isPassed }) => line(name, isPassed, ''));
  let passed = checks.filter(({ isPassed }) => isPassed).length;
  let failed = checks.length - passed;
  let failedTests = 0;
  for (const [project, result] of [...results].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const failures = result === undefined ? 1 : result.failed + result.brokenFiles;
    lines.push(line(project, failures === 0, result === undefined ? 'its tests could not be run' : describe(result)));
    passed += result?.passed ?? 0;
    failedTests += failures;
  }
  failed += failedTests;
  if (!testRun.isPassed && failedTests === 0) {
    lines.push(line(testRun.name, false, 'the run failed although no test did: see above'));
    failed += 1;
  }
  return { lines, passed, failed };
}

function line(name: string, isPassed: boolean, details: string): string {
  return `${isPassed ? 'ok    ' : 'FAILED'} ${name.padEnd(24)} ${details}`.trimEnd();
}

function describe({ passed, failed, skipped, brokenFiles }: ProjectResult): string {
  if (passed + failed + brokenFiles + skipped === 0) return 'has no tests';
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (brokenFiles > 0) parts.push(`${brokenFiles} files could not be run`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}
