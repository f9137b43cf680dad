import type {
  ProgressDurations,
  ProgressEventTime,
  SinkProgress,
  SourceProgress,
  StateOperatorProgress,
  StreamingQueryProgress,
} from './streaming-query-progress.ts';

/** Event times of a batch, epoch ms; what is not known is left out. */
export interface EventTimeSummary {
  readonly avgMs?: number | undefined;
  readonly maxMs?: number | undefined;
  readonly minMs?: number | undefined;
  readonly watermarkMs?: number | undefined;
}

/** What a batch did, as the runtime measures it. */
export interface BatchSummary {
  readonly id: string;
  readonly runId: string;
  readonly name: string;
  readonly batchId: number;
  /** Epoch ms of the trigger, and of the one before (none: the first). */
  readonly triggerMs: number;
  readonly previousTriggerMs?: number | undefined;
  readonly durationMs: ProgressDurations;
  readonly eventTime: EventTimeSummary;
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sources: readonly Omit<SourceProgress, 'inputRowsPerSecond' | 'processedRowsPerSecond'>[];
  readonly sink: SinkProgress;
}

/** The progress of a batch; rates are derived from its counts and times. */
export function buildProgress(batch: BatchSummary): StreamingQueryProgress {
  const sinceLastMs = batch.previousTriggerMs === undefined ? 0 : batch.triggerMs - batch.previousTriggerMs;
  const rates = (rows: number) => ({
    inputRowsPerSecond: perSecond(rows, sinceLastMs),
    processedRowsPerSecond: perSecond(rows, batch.durationMs.triggerExecution),
  });
  const numInputRows = batch.sources.reduce((sum, source) => sum + source.numInputRows, 0);
  return {
    id: batch.id,
    runId: batch.runId,
    name: batch.name,
    timestamp: isoTime(batch.triggerMs),
    batchId: batch.batchId,
    numInputRows,
    ...rates(numInputRows),
    durationMs: batch.durationMs,
    eventTime: describeEventTime(batch.eventTime),
    stateOperators: batch.stateOperators,
    sources: batch.sources.map((source) => ({ ...source, ...rates(source.numInputRows) })),
    sink: batch.sink,
  };
}

/** `KafkaV2[Subscribe[a, b]]`, `KafkaV2[SubscribePattern[…]]` or `KafkaV2[Assign[a-0, a-1]]`, as Spark writes it. */
export function describeKafkaSource(source: {
  readonly subscribe?: readonly string[] | undefined;
  readonly subscribePattern?: string | undefined;
  readonly assign?: Readonly<Record<string, readonly number[]>> | undefined;
}): string {
  if (source.subscribePattern !== undefined) return `KafkaV2[SubscribePattern[${source.subscribePattern}]]`;
  if (source.assign === undefined) return `KafkaV2[Subscribe[${(source.subscribe ?? []).join(', ')}]]`;
  const partitions = Object.entries(source.assign).flatMap(([topic, all]) => all.map((p) => `${topic}-${p}`));
  return `KafkaV2[Assign[${partitions.join(', ')}]]`;
}

function perSecond(rows: number, durationMs: number): number {
  return durationMs > 0 ? (rows * 1000) / durationMs : 0;
}

function describeEventTime({ avgMs, maxMs, minMs, watermarkMs }: EventTimeSummary): ProgressEventTime {
  return {
    ...(avgMs !== undefined && { avg: isoTime(avgMs) }),
    ...(maxMs !== undefined && { max: isoTime(maxMs) }),
    ...(minMs !== undefined && { min: isoTime(minMs) }),
    ...(watermarkMs !== undefined && { watermark: isoTime(watermarkMs) }),
  };
}

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();
