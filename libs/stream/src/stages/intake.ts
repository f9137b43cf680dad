import { TidemarkError } from '@tidemark/schemas';
import type { LogRecord, OutputRecord, RecordBatch } from '../ports/log.ts';
import { type Step, stepError, type StepResult, type ThrowPolicy } from '../steps/step-result.ts';
import type { TaskContext, TaskInput } from '../task/stage-logic.ts';
import { errorOutput } from './fault-outputs.ts';
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

/** Runs the step over all records and hands the good ones on, with their event time (0 where there is none). */
export function takeIn<T>(
  context: TaskContext,
  options: IntakeOptions<T>,
  input: TaskInput,
  batchId: number,
  onValue: (record: LogRecord, value: T, eventTimeMs: number) => void,
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
  for (const batch of input.batches) {
    result.read += batch.records.length;
    let maxEventTimeMs = -Infinity;
    for (const record of batch.records) {
      const answer = judge(options, record);
      if (answer.kind === 'ok') {
        const eventTimeMs = options.eventTimeMs?.(answer.value) ?? 0;
        if (eventTimeMs > maxEventTimeMs) maxEventTimeMs = eventTimeMs;
        result.ok += 1;
        onValue(record, answer.value, eventTimeMs);
      } else if (answer.kind === 'skip') {
        result.skipped += 1;
      } else {
        result.error += 1;
        countLabel(result.labels, answer.code);
        const error = { code: answer.code, message: answer.message, step: options.step.name };
        result.errorOutputs.push(errorOutput(context, record, error, batchId, input.nowMs));
      }
    }
    if (maxEventTimeMs > -Infinity) result.maxEventTimeMs.set(batch.topic, maxEventTimeMs);
  }
  return result;
}

/** The step's answer, with a throw (the event time's too) and a poisoned clock turned into errors of that record. */
function judge<T>(options: IntakeOptions<T>, record: LogRecord): StepResult<T> {
  try {
    const answer = options.step(record);
    if (answer.kind !== 'ok' || options.eventTimeMs === undefined) return answer;
    const aheadMs = options.eventTimeMs(answer.value) - record.timestampMs;
    return aheadMs <= options.maxFutureMs ? answer : fromTheFuture(aheadMs, options.maxFutureMs);
  } catch (cause) {
    if (options.throwPolicy === 'stop') throw stepFailed(options.step.name, record, cause);
    return { kind: 'error', code: 'step_threw', message: `${options.step.name} threw: ${String(cause)}` };
  }
}

function fromTheFuture(aheadMs: number, maxFutureMs: number): StepResult<never> {
  const message = `event time is ${aheadMs} ms after the record was received; more than ${maxFutureMs} ms are refused`;
  return stepError('event_time_in_future', message);
}

function stepFailed(step: string, record: LogRecord, cause: unknown): TidemarkError {
  const { topic, partition, offset } = record;
  return new TidemarkError(
    'TM_STEP_FAILED',
    `${step} threw at ${topic}/${partition} offset ${offset}: ${String(cause)}. Mend the step, or set its policy to route`,
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
