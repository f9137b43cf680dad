import { hasCode, TidemarkError } from '@tidemark/schemas';

export const EXIT_FAILED = 1;
export const EXIT_CONFIG = 2;

/** How long the process may take to end by itself after its work is done, ms. */
const LINGER_MS = 3_000;

/**
 * Runs a process's main function and sets the exit code: 0 when it resolves, 2 for an invalid configuration, 1 for any
 * other error, which is told on stderr, and when the process ends before `main` has.
 */
export function runMain(main: () => Promise<void>): void {
  process.once('exit', tellUnfinished);
  void run(main).then((exitCode) => {
    process.off('exit', tellUnfinished);
    process.exitCode = exitCode;
    // A socket that does not close in time must not keep a process that has ended.
    setTimeout(() => process.exit(), LINGER_MS).unref();
  });
}

/** Node ends, and well, as soon as nothing can happen any more, whoever still waits for something. */
function tellUnfinished(): void {
  process.stderr.write('the process ends although its work is not finished: it waits for something that cannot come\n');
  process.exitCode = EXIT_FAILED;
}

/** @returns the exit code */
async function run(main: () => Promise<void>): Promise<number> {
  try {
    await main();
    return 0;
  } catch (error) {
    process.stderr.write(`${describeFatal(error)}\n`);
    return hasCode(error, 'TM_CONFIG_INVALID') ? EXIT_CONFIG : EXIT_FAILED;
  }
}

/** A known failure has a message for people; of anything else the stack trace is what helps. */
export function describeFatal(error: unknown): string {
  if (error instanceof TidemarkError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
