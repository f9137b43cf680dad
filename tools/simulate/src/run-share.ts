import { addSummaries, simulateSeeds, type SimulationSummary, summaryOf } from '@tidemark/testing';
import { REAL } from './real-code.ts';

/** How many runs a report to the parent covers. */
const RUNS_PER_REPORT = 10;

/** Runs every `step`-th seed and hands on what they came to, a few at a time. */
export async function runShare(
  { from, seeds, step }: { readonly from: number; readonly seeds: number; readonly step: number },
  onReport: (summary: SimulationSummary) => void,
): Promise<void> {
  let summary: SimulationSummary | undefined;
  await simulateSeeds(
    everyStep(from, seeds, step),
    (result) => {
      const next = summaryOf(result);
      summary = summary === undefined ? next : addSummaries(summary, next);
      if (summary.runs < RUNS_PER_REPORT) return;
      onReport(summary);
      summary = undefined;
    },
    REAL,
  );
  if (summary !== undefined) onReport(summary);
}

function* everyStep(from: number, seeds: number, step: number): Generator<number> {
  for (let seed = from; seed < from + seeds; seed += step) yield seed;
}
