/**
 * What a batch did, in the shape of Spark's `StreamingQueryProgress` (Spark 4.0, `progress.scala`), so that tools made for
 * it can read ours. Plain JSON; times are ISO text in UTC with milliseconds.
 */

/** topic → partition → offset. */
export type TopicOffsets = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface StreamingQueryProgress {
  /** Of the query: the same over restarts. */
  readonly id: string;
  /** Of this run: another one after each start. */
  readonly runId: string;
  readonly name: string;
  /** When the trigger began. */
  readonly timestamp: string;
  readonly batchId: number;
  readonly numInputRows: number;
  /** Rows that arrived per second since the trigger before; 0 for the first. */
  readonly inputRowsPerSecond: number;
  /** Rows per second of processing. */
  readonly processedRowsPerSecond: number;
  readonly durationMs: ProgressDurations;
  readonly eventTime: ProgressEventTime;
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sources: readonly SourceProgress[];
  readonly sink: SinkProgress;
}

/** ms by phase; the phases after the first are as the runtime names them. */
export interface ProgressDurations {
  /** The whole trigger. */
  readonly triggerExecution: number;
  readonly [phase: string]: number;
}

/** Left out where there is none (no event time, no rows in the batch). */
export interface ProgressEventTime {
  readonly avg?: string;
  readonly max?: string;
  readonly min?: string;
  /** The watermark that the batch used. */
  readonly watermark?: string;
}

export interface StateOperatorProgress {
  readonly operatorName: string;
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  /** Records that were late for all windows of the query. (Spark counts groups after partial aggregation.) */
  readonly numRowsDroppedByWatermark: number;
  /** ms of writing the changed rows. */
  readonly commitTimeMs: number;
}

export interface SourceProgress {
  /** For instance `KafkaV2[Subscribe[sales-events]]`. */
  readonly description: string;
  readonly startOffset: TopicOffsets;
  readonly endOffset: TopicOffsets;
  /** Ends of the partitions as of the batch. */
  readonly latestOffset: TopicOffsets;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
}

export interface SinkProgress {
  readonly description: string;
  readonly numOutputRows: number;
}
