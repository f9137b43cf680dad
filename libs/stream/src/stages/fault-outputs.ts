import { encodeErrorRecord, ERROR_RECORD_KEY, topics } from '@tidemark/schemas';
import type { LogRecord, OutputRecord } from '../ports/log.ts';
import { forwardedRecord } from '../topology/sink.ts';
import { partitionForKey } from '../partitioning/murmur2.ts';
import type { TaskContext } from '../task/stage-logic.ts';

/** What went wrong with a record, and where. */
export interface RecordError {
  readonly code: string;
  readonly message: string;
  /** Name of the step that said so. */
  readonly step: string;
}

/** The record for `error-events`; written in the same transaction as the batch, so that it is counted once. */
export function errorOutput(
  context: TaskContext,
  record: LogRecord,
  error: RecordError,
  batchId: number,
  nowMs: number,
): OutputRecord {
  const text = encodeErrorRecord(
    {
      errorMessage: error.message,
      batchId,
      errorTimeMs: nowMs,
      code: error.code,
      worker: context.application,
      step: error.step,
      attempt: 1,
      source: record,
    },
    record.value,
  );
  const { topic } = topics.errorEvents;
  const partition = partitionForKey(ERROR_RECORD_KEY, context.partitionsOf(topic));
  return { topic, partition, key: ERROR_RECORD_KEY, value: text };
}

/** The late record as it came, for `late-events`; headers say from where and how late. */
export function lateOutput(
  context: TaskContext,
  record: LogRecord,
  late: { readonly query: string; readonly watermarkMs: number; readonly lateByMs: number },
): OutputRecord {
  return forwardedRecord(record, topics.lateEvents.topic, context.partitionsOf, {
    'tidemark-worker': context.application,
    'tidemark-query': late.query,
    'tidemark-source': `${record.topic}/${record.partition}/${record.offset}`,
    'tidemark-watermark': new Date(late.watermarkMs).toISOString(),
    'tidemark-late-by-ms': String(late.lateByMs),
  });
}
