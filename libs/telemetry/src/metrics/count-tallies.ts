import type { Tally } from '@tidemark/stream';
import type { Metrics } from './metrics.ts';

/** Adds a committed turn's tallies, so that for each query ok + skipped + late + error = read holds in the metrics too. */
export function countTallies(
  metrics: Pick<Metrics, 'records' | 'lateWindows'>,
  stage: string,
  tallies: Readonly<Record<string, Tally>>,
): void {
  for (const [query, tally] of Object.entries(tallies)) {
    for (const outcome of ['ok', 'skipped', 'late', 'error'] as const) {
      // Also by 0: a series that is there from the start has a rate when the first error comes.
      metrics.records.add({ stage, query, outcome }, tally[outcome]);
    }
    metrics.lateWindows.add({ stage, query }, tally.lateWindows);
  }
}
