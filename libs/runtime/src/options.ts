/** How the runtime behaves. Every default stands in `DEFAULT_RUNTIME_OPTIONS` and nowhere else. */
export interface RuntimeOptions {
  /** Most records that one turn of a task takes. Larger batches cost memory, smaller ones throughput. */
  readonly maxRecordsPerTurn: number;
  /**
   * Shortest time from the begin of a turn to that of the next one while there is not enough input for a full turn, ms. A
   * broker needs about that long to end a transaction: the next one would have to wait for it, asking again and again.
   */
  readonly minLingerMs: number;
  /** Longest time that a stage lingers for more input (`Stage.lingerMs`), ms. */
  readonly maxLingerMs: number;
  /** How long a source task stands at the end of its input before it says that it is idle, ms. */
  readonly idleTimeoutMs: number;
  /** How often a task's rows are brought up to date in Redis, ms. */
  readonly checkpointIntervalMs: number;
  /** How long read positions without any effect may stay uncommitted, ms. */
  readonly quietCommitIntervalMs: number;
  /** How often group offsets (for lag tools only) are committed, ms. */
  readonly groupOffsetsIntervalMs: number;
  /** How often a stage that follows a pattern looks for new topics, ms. */
  readonly discoveryIntervalMs: number;
  /** How often it is looked at what tasks stand on (topics and their settings, manifests, the checkpoint store), ms. */
  readonly inspectionIntervalMs: number;
  /** How long the broker lets a transaction stay open, ms; the producers must have been opened with the same. */
  readonly transactionTimeoutMs: number;
  /** Pause before the next take-over after a failure, ms; doubled up to the maximum while failures go on. */
  readonly retryBackoffMs: number;
  readonly maxRetryBackoffMs: number;
  /** How long to wait for the group to confirm the membership after "fenced", ms. */
  readonly confirmMembershipTimeoutMs: number;
  readonly sessionTimeoutMs: number;
}

export const DEFAULT_RUNTIME_OPTIONS: RuntimeOptions = Object.freeze({
  maxRecordsPerTurn: 20_000,
  minLingerMs: 25,
  maxLingerMs: 250,
  idleTimeoutMs: 30_000,
  checkpointIntervalMs: 1_000,
  quietCommitIntervalMs: 10_000,
  groupOffsetsIntervalMs: 5_000,
  discoveryIntervalMs: 30_000,
  inspectionIntervalMs: 10_000,
  transactionTimeoutMs: 15_000,
  retryBackoffMs: 100,
  maxRetryBackoffMs: 5_000,
  confirmMembershipTimeoutMs: 60_000,
  sessionTimeoutMs: 30_000,
});

/** After its time-out a broker may take 10 s until it ends a transaction, and its readers hear of it later still. */
const TRANSACTION_ENDS_WITHIN_MS = 25_000;

/**
 * For how long an input or a changelog brings nothing, although records lie ahead, until it counts as stuck, ms: longer
 * than any transaction of a worker with this time-out. Not shorter than by default: who writes the input may have that one.
 */
export function stuckAfterMs({ transactionTimeoutMs }: Pick<RuntimeOptions, 'transactionTimeoutMs'>): number {
  const timeoutMs = Math.max(transactionTimeoutMs, DEFAULT_RUNTIME_OPTIONS.transactionTimeoutMs);
  return timeoutMs + TRANSACTION_ENDS_WITHIN_MS;
}
