import { TidemarkError, topics } from '@tidemark/schemas';
import type { LogRecord, OutputRecord, RecordBatch, UnreadableBytes } from '../ports/log.ts';
import { PartThrew } from '../steps/part-threw.ts';
import type { Step, ThrowPolicy } from '../steps/step-result.ts';
import type { TaskContext, TaskInput } from '../task/stage-logic.ts';
import { errorOutput, type RecordError } from './fault-outputs.ts';
import { countLabel } from './labels.ts';

/** How records of a stage are read: the step, and what it yields' event time. */
export interface IntakeOptions<T> {
  readonly step: Step<T>;
  /** Event time of a value, epoch ms; undefined where the stage knows no event time. */
  readonly eventTimeMs?: ((value: T) => number) | undefined;
  /** A record whose event time lies further than this after the time it was received is an error; Infinity = off. */
  readonly maxFutureMs: number;
  readonly throwPolicy: ThrowPolicy;
}

/** What a batch's records came to, before the stage does anything with the good ones. */
export interface IntakeResult {
  read: number;
  ok: number;
  skipped: number;
  error: number;
  /** The largest event time among the good records, by input topic; topics without any are left out. */
  readonly maxEventTimeMs: Map<string, number>;
  readonly errorOutputs: OutputRecord[];
  readonly labels: Map<string, number>;
}

/** Takes a good record, with its event time (0 where there is none). If it throws, nothing of the record may be left. */
export type OnValue<T> = (record: LogRecord, value: T, eventTimeMs: number) => void;

/** Runs the step over all records and hands the good ones on. A throw from either is an error of that record. */
export function takeIn<T>(
  context: TaskContext,
  options: IntakeOptions<T>,
  input: TaskInput,
  batchId: number,
  onValue: OnValue<T>,
): IntakeResult {
  const result: IntakeResult = {
    read: 0,
    ok: 0,
    skipped: 0,
    error: 0,
    maxEventTimeMs: new Map(),
    errorOutputs: [],
    labels: new Map(),
  };
  const onError = (record: LogRecord, error: RecordError) => {
    result.error += 1;
    countLabel(result.labels, error.code);
    result.errorOutputs.push(errorOutput(context, record, error, batchId, input.nowMs));
  };
  for (const batch of input.batches) {
    result.read += batch.records.length;
    if (batch.unreadable !== undefined) noteUnreadable(batch, batch.unreadable, options, result, onError);
    let maxEventTimeMs = -Infinity;
    for (const record of batch.records) {
      const eventTimeMs = takeRecord(options, record, result, onValue, onError);
      if (eventTimeMs > maxEventTimeMs) maxEventTimeMs = eventTimeMs;
    }
    if (maxEventTimeMs > -Infinity) result.maxEventTimeMs.set(batch.topic, maxEventTimeMs);
  }
  return result;
}

/**
 * Bytes that are no records count as one, which is an error, and stand as they came in its error record: however many
 * records they were meant to be, nobody can tell.
 */
function noteUnreadable<T>(
  { topic, partition, startOffset, nextOffset }: RecordBatch,
  { message, bytes, timestampMs }: UnreadableBytes,
  { step }: IntakeOptions<T>,
  result: IntakeResult,
  onError: (record: LogRecord, error: RecordError) => void,
): void {
  const record = { topic, partition, offset: startOffset, timestampMs, key: null, value: bytes, headers: {} };
  const text = `${topic}/${partition} offsets ${startOffset} to ${nextOffset - 1} cannot be read: ${message}`;
  result.read += 1;
  onError(record, { code: 'unreadable_batch', message: text, step: step.name });
}

/** The event time of a good record; -Infinity for any other: what is refused moves no frontier. */
function takeRecord<T>(
  options: IntakeOptions<T>,
  record: LogRecord,
  result: IntakeResult,
  onValue: OnValue<T>,
  onError: (record: LogRecord, error: RecordError) => void,
): number {
  const { step, eventTimeMs: timeOf, maxFutureMs } = options;
  try {
    const answer = step(record);
    if (answer.kind === 'ok') {
      const eventTimeMs = timeOf === undefined ? 0 : timeOf(answer.value);
      const aheadMs = eventTimeMs - record.timestampMs;
      if (timeOf === undefined || aheadMs <= maxFutureMs) {
        onValue(record, answer.value, eventTimeMs);
        result.ok += 1;
        return eventTimeMs;
      }
      onError(record, fromTheFuture(step.name, aheadMs, maxFutureMs));
    } else if (answer.kind === 'skip') {
      result.skipped += 1;
    } else {
      onError(record, { code: answer.code, message: answer.message, step: step.name });
    }
  } catch (cause) {
    onError(record, thrown(options, record, cause));
  }
  return -Infinity;
}

/** @throws TidemarkError (TM_STEP_FAILED) when the policy is to stop */
function thrown<T>({ step, throwPolicy }: IntakeOptions<T>, record: LogRecord, cause: unknown): RecordError {
  // What the toolkit itself says (an output that no batch can hold) is no matter of the topology.
  if (cause instanceof TidemarkError) throw cause;
  const [part, reason] = cause instanceof PartThrew ? [cause.part, cause.cause] : [step.name, cause];
  // An error record about an error record would be read here again, and fail again, for ever.
  const mustStop = throwPolicy === 'stop' || record.topic === topics.errorEvents.topic;
  if (mustStop) throw stepFailed(part, record, reason);
  return { code: 'step_threw', message: `${part} threw: ${String(reason)}`, step: part };
}

function fromTheFuture(step: string, aheadMs: number, maxFutureMs: number): RecordError {
  const message = `event time is ${aheadMs} ms after the record was received; more than ${maxFutureMs} ms are refused`;
  return { code: 'event_time_in_future', message, step };
}

function stepFailed(step: string, record: LogRecord, cause: unknown): TidemarkError {
  const { topic, partition, offset } = record;
  return new TidemarkError(
    'TM_STEP_FAILED',
    `${step} threw at ${topic}/${partition} offset ${offset}: ${String(cause)}. Mend it, or set the policy to route`,
    { cause, fields: { topic, partition, offset, step } },
  );
}

/** The task's input position after these batches. */
export function advanceInputs(
  inputs: Readonly<Record<string, number>>,
  batches: readonly RecordBatch[],
): Readonly<Record<string, number>> {
  if (batches.length === 0) return inputs;
  const next = { ...inputs };
  for (const batch of batches) next[batch.topic] = batch.nextOffset;
  return next;
}
