/** Whether all cases are wanted, also those that take minutes (`npm run test:full`). */
export function isFullRun(): boolean {
  return process.env['TIDEMARK_TEST_FULL'] === '1';
}
