import { FAULT_KINDS, type FaultCounts, type FaultKind } from './fault-kinds.ts';
import type { SimulationResult } from './simulate.ts';

/** What many runs came to. Plain JSON. */
export interface SimulationSummary {
  readonly runs: number;
  readonly events: number;
  readonly commits: number;
  readonly modelSeconds: number;
  readonly faults: FaultCounts;
  /** Runs with at least one violation. */
  readonly failedRuns: number;
  /** The first of them. */
  readonly failures: readonly { readonly seed: number; readonly violations: readonly string[] }[];
}

const MOST_FAILURES = 20;
const MOST_VIOLATIONS = 5;

export function summaryOf(result: SimulationResult): SimulationSummary {
  const { seed, violations, faults, visits, commits, modelMs } = result;
  const failures = violations.length === 0 ? [] : [{ seed, violations: violations.slice(0, MOST_VIOLATIONS) }];
  return {
    runs: 1,
    events: visits,
    commits,
    modelSeconds: modelMs / 1_000,
    faults,
    failedRuns: failures.length,
    failures,
  };
}

export function addSummaries(a: SimulationSummary, b: SimulationSummary): SimulationSummary {
  return {
    runs: a.runs + b.runs,
    events: a.events + b.events,
    commits: a.commits + b.commits,
    modelSeconds: a.modelSeconds + b.modelSeconds,
    faults: addFaults(a.faults, b.faults),
    failedRuns: a.failedRuns + b.failedRuns,
    failures: [...a.failures, ...b.failures].sort((one, other) => one.seed - other.seed).slice(0, MOST_FAILURES),
  };
}

function addFaults(a: FaultCounts, b: FaultCounts): FaultCounts {
  const sum = (kind: FaultKind) => ({
    count: a[kind].count + b[kind].count,
    withOpenTransaction: a[kind].withOpenTransaction + b[kind].withOpenTransaction,
  });
  return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, sum(kind)])) as FaultCounts;
}
