import { type Answerer, drawAnswerer } from './answerer.ts';
import { type Chance, createChance } from './chance.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';
import { drawFollowers, drawWindowedQueries, type WindowedQuery } from './windowed-query.ts';

/** Everything about one run that the seed decides before it begins. Times in ms. */
export interface Parameters {
  readonly seed: number;
  readonly partitions: {
    readonly visits: number;
    /** Of a second topic with events; 0: there is none. */
    readonly calls: number;
    readonly cleaned: number;
    readonly partials: number;
    readonly windows: number;
    readonly totals: number;
    readonly frontiers: number;
  };
  /** Whether the aggregator reads what the cleaner wrote; else it reads the visits itself, and there is no cleaner. */
  readonly isChain: boolean;
  /** Who reads the second topic, beside what it reads anyway; the answerer reads nothing else. */
  readonly callsGoTo: 'first worker' | 'counter' | 'answerer';
  /** Who cleans the calls by itself; undefined: they go to another one, or there are none. */
  readonly answerer: Answerer | undefined;
  /** How much later than the aggregator the cleaner is started for the first time, ms. */
  readonly cleanerDelayMs: number;
  /**
   * Over how many partitions the cleaner sorts its input, by page, before it cleans it; 0: it does not. Neither of its
   * stages knows event time then, and what was cleaned is an input like any other.
   */
  readonly sorts: number;
  /** Over how many partitions the aggregator spreads its input before it counts; 0: it does not. */
  readonly spread: number;
  /** Whether it spreads by page; else evenly. */
  readonly spreadsByPage: boolean;
  /** Partitions of the visits that the aggregator assigns itself, without a group; undefined: all, by the group. */
  readonly assigned: readonly number[] | undefined;
  /** How the run ends once all is healthy: all is read and the workers are stopped, or they drain, one after the other. */
  readonly ending: 'stop' | 'drain';
  /**
   * Once all has drained more is fed, and all drain again: while it comes they run (`run`), or nobody does (`drain`).
   */
  readonly secondRound: 'run' | 'drain' | undefined;
  /** Within what time their tasks are taken over again then, ms: one is at work long before the other. */
  readonly restartWithinMs: number;
  /** Whether nothing comes at the end, for long, but what is aborted. */
  readonly hasGhostsLast: boolean;
  /** What happens to an input at the end of all, which must stop its task for good. */
  readonly loss: InputLoss | undefined;
  readonly cleaners: number;
  readonly counters: number;
  /** What the aggregator counts by window, beside its running totals. */
  readonly windowed: readonly WindowedQuery[];
  readonly everyMs: number;
  /** 0: event times of a partition never fall. Else so many of them may be late. */
  readonly maxLateEvents: number;
  /** Whether some visits are written in transactions, which stay open for a while or are aborted. */
  readonly hasTransactionalFeed: boolean;
  /** Infinity: no task ever says that it is idle, so that nothing is late but what the partition itself has overtaken. */
  readonly idleTimeoutMs: number;
  /** Whether nothing goes wrong that delays anything but the first answers to readers: bounds are tight then. */
  readonly isCalm: boolean;
  /** A process that dies although all else is calm: the one that reads the first partition, whose task is idle then. */
  readonly death: { readonly atMs: number } | undefined;
  /** In a calm run: when the first of two sources speaks again that were idle together; the other one follows soon. */
  readonly duet: { readonly atMs: number } | undefined;
  readonly maxRecordsPerTurn: number;
  readonly events: number;
  /** Most time between one event and the next one of its partition, by their own clocks. */
  readonly gapMs: number;
  /** How long events come and faults happen. */
  readonly chaosMs: number;
  readonly checkpointIntervalMs: number;
  /** Most rows of a checkpoint that are written by one request. */
  readonly maxChunkRows: number;
  readonly quietCommitIntervalMs: number;
  readonly transactionTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Longer than the time between two heartbeats: else who is fenced by a stranger gives a task up that is still its own. */
  readonly confirmMembershipTimeoutMs: number;
  /** How much time each request and each reply takes at most beside what faults add. */
  readonly latencyMs: number;
  /** How long the broker takes for each record of what was cleaned: large batches outlive their transactions then. */
  readonly cleanedMsPerRecord: number;
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

/**
 * Input that is gone past the position: dropped before it was read, or with its topic, which was made anew. While the
 * worker is down, or under its eyes.
 */
export interface InputLoss {
  readonly how: 'truncated' | 'recreated';
  readonly while: 'down' | 'frozen';
}

/** Events of a run that may be late have a power of two each of their own: sums of so many are exact. */
export const MOST_MASKED = 50;

/** One run's parameters. @param seed whole number; the same seed gives the same parameters */
export function drawParameters(seed: number): Parameters {
  const most = drawMost(seed);
  const drawn = knowsWhoIsIdle(most) ? { ...most, windowed: drawFollowers(seed, most.windowed) } : most;
  const { isChain, partitions, callsGoTo, duet } = drawn;
  const isPossible = isChain && partitions.calls > 0 && callsGoTo === 'first worker';
  // The two sources of a duet are to be inputs of one task where that may be.
  const answerer = isPossible && duet === undefined ? drawAnswerer(seed) : undefined;
  return answerer === undefined ? drawn : { ...drawn, answerer, callsGoTo: 'answerer' };
}

/**
 * Whether it can be told from outside when all sources are idle: not where tasks drain or stop for good, where nobody passes it on,
 * or where leases are over by the clocks of some while they hold by those of others.
 */
function knowsWhoIsIdle(parameters: Parameters): boolean {
  const { ending, loss, spread, maxSkewMs, idleTimeoutMs } = parameters;
  const isPassedOn = ending === 'stop' && loss === undefined && spread === 0;
  return hasIdleness(parameters) && isPassedOn && 2 * maxSkewMs < idleTimeoutMs;
}

/** All but who cleans the calls by itself, and whose windows the clock closes. */
function drawMost(seed: number): Parameters {
  const chance = createChance(seed, 0);
  const isIdling = chance.happens(0.25);
  const isCalm = isIdling && chance.happens(0.6);
  const death = isCalm && chance.happens(0.25) ? { atMs: chance.between(12_000, 20_000) } : undefined;
  const isMortal = death !== undefined;
  const duet = isCalm && !isMortal && chance.happens(0.4) ? { atMs: chance.between(16_000, 20_000) } : undefined;
  const isDuet = duet !== undefined;
  const visits = isMortal ? chance.between(2, 3) : chance.one(isCalm ? [2, 3, 3, 4] : [1, 2, 2, 3, 4]);
  const isChain = chance.happens(0.7);
  const assigned = !isChain && !isMortal && !isDuet && chance.happens(0.3) ? drawAssigned(chance, visits) : undefined;
  const loss = chance.happens(0.1) ? drawLoss(chance) : undefined;
  const spread = chance.happens(0.2) ? chance.between(1, 3) : 0;
  const windowed = drawWindowedQueries(chance);
  const isTimeless = isChain && windowed.every(({ mode }) => mode === 'complete');
  const ending = chance.happens(0.3) ? 'drain' : 'stop';
  const isSlow = chance.happens(0.1) && !isCalm;
  const hasCalls = assigned === undefined && loss === undefined && !isMortal && chance.happens(0.3);
  return {
    seed,
    partitions: {
      visits,
      calls: hasCalls ? chance.between(1, 3) : 0,
      cleaned: chance.one([1, 1, 2, 3]),
      partials: chance.one([1, 1, 2, 3]),
      windows: chance.between(1, 2),
      totals: chance.between(1, 2),
      frontiers: chance.between(1, 2),
    },
    isChain,
    callsGoTo: chance.one(['first worker', 'counter']),
    answerer: undefined,
    cleanerDelayMs: isSlow ? 5_000 : isMortal || isDuet ? 0 : chance.one([0, 0, 0, 5_000]),
    sorts: isTimeless && chance.happens(0.5) ? chance.between(1, 3) : 0,
    spread,
    spreadsByPage: chance.happens(0.5),
    assigned,
    ending,
    hasGhostsLast: ending === 'stop' && !isIdling && chance.happens(0.1),
    secondRound: ending === 'drain' && !isIdling ? chance.one(['run', 'drain', undefined]) : undefined,
    // Drawn apart, so that nothing else changes.
    restartWithinMs: createChance(seed, 8).one([0, 5_000, 15_000]),
    loss,
    cleaners: isMortal ? 2 : chance.one([1, 1, 2, 3]),
    // Two that assign themselves the same would fence each other for ever.
    counters: assigned !== undefined ? 1 : isMortal ? 2 : chance.one([1, 1, 2, 3]),
    windowed,
    everyMs: chance.one([0, 2_000, 5_000]),
    maxLateEvents: chance.happens(0.4) ? 20 : 0,
    hasTransactionalFeed: chance.happens(0.3) && !isDuet,
    idleTimeoutMs: !isIdling ? 1e12 : isMortal || isDuet ? 5_000 : chance.one([5_000, 15_000]),
    isCalm,
    death,
    duet,
    maxRecordsPerTurn: isSlow ? chance.one([20, 10_000, 10_000]) : chance.one([1, 3, 20, 10_000]),
    events: isIdling ? chance.between(20, MOST_MASKED) : chance.between(5, chance.one([10, 20, 80, 80])),
    gapMs: chance.one([500, 3_000, 15_000]),
    chaosMs: isMortal
      ? 60_000
      : isIdling
        ? chance.one(isDuet ? [30_000] : [12_000, 30_000, 60_000])
        : chance.one([3_000, 6_000, 12_000, 30_000]),
    checkpointIntervalMs: chance.one([1_000, 3_000]),
    ...drawCheckpointing(seed),
    quietCommitIntervalMs: chance.one([1_000, 4_000]),
    transactionTimeoutMs: 10_000,
    // A lease that its owner cannot renew is over long before another one takes over.
    sessionTimeoutMs: isMortal ? 25_000 : chance.one([6_000, 10_000]),
    requestTimeoutMs: isSlow ? 60_000 : chance.one([3_000, 8_000, 20_000]),
    confirmMembershipTimeoutMs: chance.one([3_500, 5_000, 30_000]),
    latencyMs: isCalm ? 0 : chance.one([0, 0, 0, 20, 150]),
    cleanedMsPerRecord: isSlow ? chance.one([400, 700]) : 0,
    deleteRetentionMs: chance.one([1_000, 2_000, 10_000, 86_400_000]),
    maxSkewMs: isCalm ? 0 : chance.one([0, 0, 100, 5_000]),
    kinds: isCalm ? new Set(isDuet ? [] : ['first-fetch-late']) : drawKinds(chance, isIdling),
    faultEveryMs: chance.one([500, 1_500, 4_000]),
    callFaultRate: isCalm ? 0.02 : chance.one([0, 0.005, 0.02]),
  };
}

/** Drawn apart, so that nothing else changes. Owners who write often are at it more often while another one is. */
function drawCheckpointing(seed: number): Pick<Parameters, 'maxChunkRows'> & Partial<Parameters> {
  const chance = createChance(seed, 10);
  return {
    maxChunkRows: chance.one([1, 1, 2, 5_000]),
    ...(chance.happens(0.4) && { checkpointIntervalMs: 100 }),
  };
}

/** Some of the partitions, at least one. */
function drawAssigned(chance: Chance, partitions: number): readonly number[] {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const some = all.filter(() => chance.happens(0.6));
  return some.length > 0 ? some : all;
}

function drawLoss(chance: Chance): InputLoss {
  return { how: chance.one(['truncated', 'recreated']), while: chance.one(['down', 'frozen']) };
}

function drawKinds(chance: Chance, isIdling: boolean): ReadonlySet<FaultKind> {
  const share = chance.one([0.2, 0.5, 0.8, 1]);
  const kinds = new Set<FaultKind>(FAULT_KINDS.filter(() => chance.happens(share)));
  // Who hears of new input long after it was written may take itself for idle, and nobody can say for how long.
  if (isIdling && chance.happens(0.6)) for (const kind of DEAFENING) kinds.delete(kind);
  // Tasks that move, and whose new owner hears nothing for long.
  return isIdling && chance.happens(0.3) ? new Set(['rebalance', 'restart', 'kill', 'first-fetch-late']) : kinds;
}

/** Faults that keep a task from hearing of new input. */
export const DEAFENING = ['freeze', 'zombie', 'fetch-late', 'fetch-empty'] as const satisfies readonly FaultKind[];

/** A partition that events are written to: `topic/partition`. */
export function sourceOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

/** All partitions that events are read from. */
export function readSources(parameters: Parameters): readonly string[] {
  const calls = Array.from({ length: parameters.partitions.calls }, (_, partition) => partition);
  return [
    ...readPartitions(parameters).map((partition) => sourceOf({ topic: 'visits', partition })),
    ...calls.map((partition) => sourceOf({ topic: 'calls', partition })),
  ];
}

/** The topics of events that a worker reads by itself. */
export function eventTopicsOf(worker: Parameters['callsGoTo'], parameters: Parameters): readonly string[] {
  const { isChain, partitions, callsGoTo } = parameters;
  const isFirst = worker === 'first worker' || !isChain;
  const readsCalls = partitions.calls > 0 && (isChain ? callsGoTo === worker : isFirst);
  return [...(isFirst ? ['visits'] : []), ...(readsCalls ? ['calls'] : [])];
}

/** Partitions of the visits that are read. */
export function readPartitions({ assigned, partitions }: Parameters): readonly number[] {
  return assigned ?? Array.from({ length: partitions.visits }, (_, partition) => partition);
}

/** Whether a task can become idle in this run. */
export function hasIdleness({ idleTimeoutMs }: Parameters): boolean {
  return idleTimeoutMs < 1e9;
}
