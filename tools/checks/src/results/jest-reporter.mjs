import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Writes what a project's jest run came to as one JSON file (`ProjectResult`) into `TIDEMARK_TEST_RESULTS`. */
export default class JestReporter {
  #rootDir;

  constructor(globalConfig) {
    this.#rootDir = globalConfig.rootDir;
  }

  onRunComplete(_testContexts, results) {
    const dir = process.env.TIDEMARK_TEST_RESULTS;
    if (!dir) throw new Error('TIDEMARK_TEST_RESULTS is not set: this reporter is for run-tests.ts, which sets it');
    const project = relative(process.cwd(), this.#rootDir);
    const result = {
      project,
      passed: results.numPassedTests,
      failed: results.numFailedTests,
      skipped: results.numPendingTests + results.numTodoTests,
      brokenFiles: results.numRuntimeErrorTestSuites,
    };
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, `${project.replaceAll('/', '-')}.json`), JSON.stringify(result));
  }
}
