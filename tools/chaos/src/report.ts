import type { CheckReport } from './checker/check-run.ts';
import { FAULT_KINDS, type FaultKind } from './faults/kinds.ts';

/** A fault that has happened. */
export interface FaultRecord {
  readonly kind: FaultKind;
  /** Whether a transaction was open at that moment. */
  readonly isOpen: boolean;
  readonly what: string;
}

/** How much there had to be. */
export interface Least {
  readonly faults: number;
  /** Of these so many while a transaction was open. */
  readonly open: number;
  /** Over all topics. */
  readonly records: number;
}

/** All that a run came to. */
export interface ChaosResult {
  readonly seed: number;
  readonly seconds: number;
  readonly faults: readonly FaultRecord[];
  readonly events: number;
  /** Ends of workers that nobody asked for and that must not be. */
  readonly unexpectedExits: readonly string[];
  /** Ends of workers that Kafka did not answer for a minute, as they started. */
  readonly startsGivenUp: readonly string[];
  /** What did not go on, or did not come to rest, in time. */
  readonly stuck: readonly string[];
  /** Kinds that had to come and did not. */
  readonly missing: readonly FaultKind[];
  readonly least: Least;
  readonly check: CheckReport;
}

/** The kinds that have not come. */
export function missingKinds(kinds: readonly FaultKind[], faults: readonly FaultRecord[]): readonly FaultKind[] {
  return kinds.filter((kind) => countOf(faults, kind) === 0);
}

/** In words, what there was too little of. */
export function shortfalls({ faults, check, least }: ChaosResult): readonly string[] {
  const counts = [
    ['faults', faults.length, least.faults],
    ['faults with an open transaction', openOf(faults), least.open],
    ['records', check.records, least.records],
  ] as const;
  return counts.flatMap(([what, count, atLeast]) => (count < atLeast ? [`${count} of ${atLeast} ${what}`] : []));
}

/** Whether the run shows what it was to show: no violations, no kind of fault left out, and enough of all. */
export function hasPassed(result: ChaosResult): boolean {
  return violationsOf(result) === 0 && result.missing.length === 0 && shortfalls(result).length === 0;
}

/** Violations of safety, and of progress; a worker must live through any fault that does not end it. */
export function violationsOf({ check, stuck, unexpectedExits }: ChaosResult): number {
  return check.violations + stuck.length + unexpectedExits.length;
}

/** The result for people. */
export function reportLines(result: ChaosResult): readonly string[] {
  const { faults, events, seconds, check, stuck, missing, unexpectedExits, startsGivenUp } = result;
  return [
    `${events} events in ${seconds} s, ${check.records} records over all topics`,
    'faults (of these while a transaction was open):',
    ...FAULT_KINDS.map((kind) => `  ${kind.padEnd(16)} ${countOf(faults, kind)} (${countOf(faults, kind, true)})`),
    `left out as late: ${
      Object.entries(check.late)
        .map((entry) => entry.join(' '))
        .join(', ') || 'none'
    }`,
    `invalid: ${check.invalid}; rows in doubt: ${check.rowsInDoubt}`,
    ...startsGivenUp.map((text) => `start given up: ${text}`),
    ...missing.map((kind) => `did not come, and had to: ${kind}`),
    ...shortfalls(result).map((text) => `too few: ${text}`),
    `violations: ${violationsOf(result)}`,
    ...unexpectedExits.map((text) => `  exit: ${text}`),
    ...stuck.map((text) => `  stuck: ${text}`),
    ...check.examples.map(({ anomaly, text }) => `  ${anomaly}: ${text}`),
  ];
}

/** The result for programs: one JSON object. */
export function reportJson(result: ChaosResult): string {
  const { seed, seconds, faults, events, check, stuck, unexpectedExits, startsGivenUp } = result;
  const byKind = FAULT_KINDS.map((kind) => [kind, { count: countOf(faults, kind), open: countOf(faults, kind, true) }]);
  return JSON.stringify({
    seed,
    seconds,
    events,
    records: check.records,
    faults: faults.length,
    faultsWithOpenTransaction: openOf(faults),
    faultsByKind: Object.fromEntries(byKind),
    kindsThatDidNotCome: missingKinds(FAULT_KINDS, faults),
    tooFew: shortfalls(result),
    unexpectedExits: unexpectedExits.length,
    startsGivenUp: startsGivenUp.length,
    late: check.late,
    invalid: check.invalid,
    rowsInDoubt: check.rowsInDoubt,
    stuck: stuck.length,
    anomalies: check.anomalies,
    violations: violationsOf(result),
  });
}

function countOf(faults: readonly FaultRecord[], kind: FaultKind, openOnly = false): number {
  return faults.filter((fault) => fault.kind === kind && (fault.isOpen || !openOnly)).length;
}

function openOf(faults: readonly FaultRecord[]): number {
  return faults.filter(({ isOpen }) => isOpen).length;
}
