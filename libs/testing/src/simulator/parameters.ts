import type { OutputMode } from '@tidemark/stream';
import { type Chance, createChance } from './chance.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';

/** Everything about one run that the seed decides before it begins. Times in ms. */
export interface Parameters {
  readonly seed: number;
  readonly partitions: {
    readonly visits: number;
    readonly cleaned: number;
    readonly partials: number;
    readonly windows: number;
    readonly totals: number;
    readonly frontiers: number;
  };
  /** Whether the aggregator reads what the cleaner wrote; else it reads the visits itself, and there is no cleaner. */
  readonly isChain: boolean;
  readonly cleaners: number;
  readonly counters: number;
  readonly mode: OutputMode;
  readonly windowSizeMs: number;
  readonly slideMs: number;
  readonly delayMs: number;
  readonly everyMs: number;
  /** 0: event times of a partition never fall. Else so many of them may be late. */
  readonly maxLateEvents: number;
  /** Infinity: no task ever says that it is idle, so that nothing is late but what the partition itself has overtaken. */
  readonly idleTimeoutMs: number;
  readonly maxRecordsPerTurn: number;
  readonly events: number;
  /** How long events come and faults happen. */
  readonly chaosMs: number;
  readonly checkpointIntervalMs: number;
  readonly quietCommitIntervalMs: number;
  readonly transactionTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly confirmMembershipTimeoutMs: number;
  readonly deleteRetentionMs: number;
  /** How far a process' clock may be off. */
  readonly maxSkewMs: number;
  /** Faults that may happen in this run; each run leaves some out, so that what hides behind them shows. */
  readonly kinds: ReadonlySet<FaultKind>;
  /** Mean pause between two faults that are ordered from outside. */
  readonly faultEveryMs: number;
  /** How likely each call is hit. */
  readonly callFaultRate: number;
}

/** One run's parameters. @param seed whole number; the same seed gives the same parameters */
export function drawParameters(seed: number): Parameters {
  const chance = createChance(seed, 0);
  const isIdling = chance.happens(0.2);
  const slides = chance.between(1, 2);
  const windowSizeMs = chance.one([20_000, 60_000]);
  return {
    seed,
    partitions: {
      visits: chance.one([1, 2, 2, 3, 4]),
      cleaned: chance.one([1, 1, 2, 3]),
      partials: chance.one([1, 1, 2, 3]),
      windows: chance.between(1, 2),
      totals: chance.between(1, 2),
      frontiers: chance.between(1, 2),
    },
    isChain: chance.happens(0.7),
    cleaners: chance.one([1, 1, 2, 3]),
    counters: chance.one([1, 1, 2, 3]),
    mode: chance.one(['update', 'update', 'append', 'complete']),
    windowSizeMs,
    slideMs: windowSizeMs / slides,
    delayMs: chance.one([0, 0, 10_000]),
    everyMs: chance.one([0, 2_000, 5_000]),
    maxLateEvents: chance.happens(0.4) ? 20 : 0,
    idleTimeoutMs: isIdling ? chance.one([5_000, 15_000]) : 1e12,
    maxRecordsPerTurn: chance.one([1, 3, 20, 10_000]),
    events: isIdling ? chance.between(5, 30) : chance.between(5, chance.one([10, 20, 80])),
    chaosMs: chance.one([3_000, 6_000, 12_000, 30_000]),
    checkpointIntervalMs: chance.one([1_000, 3_000]),
    quietCommitIntervalMs: chance.one([1_000, 4_000]),
    transactionTimeoutMs: 10_000,
    sessionTimeoutMs: chance.one([6_000, 10_000]),
    requestTimeoutMs: chance.one([3_000, 8_000, 20_000]),
    confirmMembershipTimeoutMs: chance.one([5_000, 30_000]),
    deleteRetentionMs: chance.one([2_000, 10_000, 86_400_000]),
    maxSkewMs: chance.one([0, 0, 100, 5_000]),
    kinds: drawKinds(chance),
    faultEveryMs: chance.one([500, 1_500, 4_000]),
    callFaultRate: chance.one([0, 0.005, 0.02]),
  };
}

function drawKinds(chance: Chance): ReadonlySet<FaultKind> {
  const share = chance.one([0.2, 0.5, 0.8, 1]);
  return new Set(FAULT_KINDS.filter(() => chance.happens(share)));
}
