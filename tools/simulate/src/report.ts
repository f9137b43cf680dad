import { FAULT_KINDS, type SimulationSummary } from '@tidemark/testing';

/** A run has violated something, or did not come to its end. */
export const EXIT_VIOLATED = 1;

/** What a process ends with that has reported this. */
export function reportExitCode({ failedRuns }: SimulationSummary): number {
  return failedRuns === 0 ? 0 : EXIT_VIOLATED;
}

/** The result for people: runs, faults by kind, the first violations and how to see them again. */
export function reportLines(summary: SimulationSummary, seconds: number): readonly string[] {
  const { runs, events, commits, modelSeconds, faults, failedRuns, failures } = summary;
  const rate = Math.round(runs / seconds);
  return [
    `${runs} runs in ${seconds.toFixed(1)} s (${rate}/s): ${events} events, ${commits} commits, ${Math.round(modelSeconds / 3_600)} h of model time`,
    'faults (of these while a transaction was open):',
    ...FAULT_KINDS.map((kind) => `  ${kind.padEnd(20)} ${faults[kind].count} (${faults[kind].withOpenTransaction})`),
    `runs with violations: ${failedRuns}`,
    ...failures.flatMap(({ seed, violations }) => [
      `seed ${seed}; replay: npm run simulate -- --seed ${seed} --trace`,
      ...violations.map((text) => `  ${text}`),
    ]),
  ];
}

/** The result for programs: one JSON object. */
export function reportJson(summary: SimulationSummary, seconds: number): string {
  const { runs, events, commits, faults, failedRuns, failures } = summary;
  const count = (field: 'count' | 'withOpenTransaction') =>
    FAULT_KINDS.reduce((sum, kind) => sum + faults[kind][field], 0);
  return JSON.stringify({
    runs,
    seconds: Number(seconds.toFixed(1)),
    events,
    commits,
    faults: count('count'),
    faultsWithOpenTransaction: count('withOpenTransaction'),
    faultsByKind: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, faults[kind].count])),
    violations: failedRuns,
    failedSeeds: failures.map(({ seed }) => seed),
  });
}
