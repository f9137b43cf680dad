import type { SimulationSummary } from '@tidemark/testing';

/** How often a line is written where no terminal is, ms. */
const LINE_EVERY_MS = 60_000;

/** What progress is written to, such as standard error. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Tells of a long run what is done so far: on a terminal in a line that changes, else once a minute; and of each run that
 * has violated something at once.
 * @param of how many runs there will be
 * @param nowMs a clock that only goes on
 * @returns to be called with the summary of all that is done
 */
export function createProgress(of: number, output: ProgressOutput, nowMs: () => number) {
  let lastLineMs = nowMs();
  const told = new Set<number>();
  const line = ({ runs, failedRuns }: SimulationSummary) =>
    `${runs} of ${of} runs${failedRuns === 0 ? '' : `, ${failedRuns} with violations`}`;
  return (summary: SimulationSummary): void => {
    for (const { seed, violations } of summary.failures) {
      if (!told.has(seed)) output.write(`${output.isTTY ? '\n' : ''}seed ${seed}: ${violations[0]}\n`);
      told.add(seed);
    }
    if (output.isTTY) output.write(`\r${line(summary)}`);
    else if (nowMs() - lastLineMs >= LINE_EVERY_MS) {
      lastLineMs = nowMs();
      output.write(`${line(summary)}\n`);
    }
  };
}
