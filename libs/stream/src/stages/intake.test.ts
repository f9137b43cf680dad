import { decodeErrorRecord, hasCode } from '@tidemark/schemas';
import { batchOf, logRecord, NOW_MS, taskContext, taskInput } from '../../test/support/turns.ts';
import type { LogRecord } from '../ports/log.ts';
import { ok, skip, stepError, type StepResult } from '../steps/step-result.ts';
import { advanceInputs, type IntakeOptions, takeIn } from './intake.ts';

interface Given {
  readonly is: 'ok' | 'skip' | 'error' | 'throw' | 'throw text' | 'time throws';
  readonly atMs?: number;
}

function judgeIt({ value }: LogRecord): StepResult<Given> {
  const given = JSON.parse(value!.toString()) as Given;
  if (given.is === 'skip') return skip('not mine');
  if (given.is === 'error') return stepError('bad', 'it is bad');
  if (given.is === 'throw') throw new Error('a defect');
  if (given.is === 'throw text') throw 'just a text';
  return ok(given);
}

const options: IntakeOptions<Given> = {
  step: judgeIt,
  eventTimeMs: (value) => {
    if (value.is === 'time throws') throw new Error('no time');
    return value.atMs ?? NOW_MS;
  },
  maxFutureMs: 300_000,
  throwPolicy: 'route',
};

function takeAll(values: readonly Given[], overrides: Partial<IntakeOptions<Given>> = {}) {
  const seen: [offset: number, eventTimeMs: number][] = [];
  const onValue = (record: LogRecord, _: Given, timeMs: number) => void seen.push([record.offset, timeMs]);
  const input = taskInput({ batches: [batchOf(values, 40)] });
  return { ...takeIn(taskContext(), { ...options, ...overrides }, input, 7, onValue), seen };
}

function codeOf(output: { readonly value: Buffer | string | null } | undefined): string {
  return (JSON.parse(output!.value!.toString()) as { code: string }).code;
}

describe('takeIn', () => {
  it('counts every record exactly once, whatever became of it', () => {
    const kinds = ['ok', 'skip', 'error', 'throw', 'throw text', 'ok'] as const;
    const { read, ok: good, skipped, error, seen, errorOutputs } = takeAll(kinds.map((is) => ({ is })));
    expect({ read, good, skipped, error }).toEqual({ read: 6, good: 2, skipped: 1, error: 3 });
    expect(seen.map(([offset]) => offset)).toEqual([40, 45]);
    expect(errorOutputs.map(codeOf)).toEqual(['bad', 'step_threw', 'step_threw']);
  });

  it('counts bytes that cannot be read as one error, with where they are and what they were', () => {
    const bytes = Buffer.from('no records');
    const unreadable = { message: 'gzip: too large', bytes, timestampMs: NOW_MS };
    const batch = { ...batchOf([], 40), nextOffset: 45, unreadable };
    const taken = takeIn(taskContext(), options, taskInput({ batches: [batch] }), 7, () => undefined);
    expect(taken).toMatchObject({ read: 1, ok: 0, error: 1 });
    const [written] = taken.errorOutputs.map(({ value }) => decodeErrorRecord(Buffer.from(value!)));
    expect(written).toMatchObject({
      ok: true,
      value: {
        code: 'unreadable_batch',
        errorMessage: 'input/0 offsets 40 to 44 cannot be read: gzip: too large',
        source: { topic: 'input', partition: 0, offset: 40 },
        payload: { head: bytes, sizeBytes: bytes.length },
      },
    });
  });

  it('counts errors by code', () => {
    const { labels } = takeAll([{ is: 'error' }, { is: 'throw' }, { is: 'error' }]);
    expect(labels).toEqual(new Map([['bad', 2], ['step_threw', 1]])); // prettier-ignore
  });

  it.each(['throw', 'throw text'] as const)('stops at a %s, naming the record, when told to', (is) => {
    const stop = () => takeAll([{ is: 'ok' }, { is }], { throwPolicy: 'stop' });
    expect(stop).toThrow(/judgeIt threw at input\/0 offset 41/);
    expect(caught(stop)).toMatchObject({
      code: 'TM_STEP_FAILED',
      fields: { topic: 'input', partition: 0, offset: 41 },
    });
    expect(hasCode(caught(stop), 'TM_STEP_FAILED') && caught(stop).canRetry).toBe(false);
  });

  it('does not take an error that the step *answers* for a throw', () => {
    expect(takeAll([{ is: 'error' }], { throwPolicy: 'stop' }).error).toBe(1);
  });

  it('takes a throw from the event time for an error of that record', () => {
    const taken = takeAll([{ is: 'time throws' }, { is: 'ok' }]);
    expect(taken.errorOutputs.map(codeOf)).toEqual(['step_threw']);
    expect(taken.ok).toBe(1);
    expect(() => takeAll([{ is: 'time throws' }], { throwPolicy: 'stop' })).toThrow(/offset 40/);
  });
});

describe('a poisoned clock', () => {
  it.each([
    { aheadMs: 300_000, maxFutureMs: 300_000, isRefused: false },
    { aheadMs: 300_001, maxFutureMs: 300_000, isRefused: true },
    { aheadMs: -1e9, maxFutureMs: 300_000, isRefused: false },
    { aheadMs: 1, maxFutureMs: 0, isRefused: true },
    { aheadMs: 0, maxFutureMs: 0, isRefused: false },
    { aheadMs: 1e12, maxFutureMs: Infinity, isRefused: false },
  ])('$aheadMs ms ahead with a bound of $maxFutureMs: refused is $isRefused', ({ aheadMs, maxFutureMs, isRefused }) => {
    const taken = takeAll([{ is: 'ok', atMs: NOW_MS + aheadMs }], { maxFutureMs });
    expect(taken.errorOutputs.map(codeOf)).toEqual(isRefused ? ['event_time_in_future'] : []);
    // What is refused moves no frontier.
    expect(taken.maxEventTimeMs.get('input')).toBe(isRefused ? undefined : NOW_MS + aheadMs);
  });

  it('is measured against when the record was received, not against now', () => {
    const received = logRecord({ timestampMs: NOW_MS - 1_000_000, value: Buffer.from('{"is":"ok"}') });
    const batch = { topic: 'input', partition: 0, startOffset: 0, nextOffset: 1, records: [received] };
    const { error } = takeIn(taskContext(), options, taskInput({ batches: [batch] }), 1, () => {});
    expect(error).toBe(1);
  });

  it('is an event time that is no number, too', () => {
    expect(takeAll([{ is: 'ok', atMs: Number.NaN }], { eventTimeMs: () => Number.NaN }).error).toBe(1);
  });
});

test('the largest event time counts, not the last', () => {
  const times = [5, 9, 3].map((ms): Given => ({ is: 'ok', atMs: NOW_MS + ms }));
  expect(takeAll(times).maxEventTimeMs).toEqual(new Map([['input', NOW_MS + 9]]));
});

test('a stage without event times hands 0 on', () => {
  const { seen } = takeAll([{ is: 'ok' }], { eventTimeMs: undefined });
  expect(seen).toEqual([[40, 0]]);
});

test('the position follows the batch, also past offsets without records', () => {
  const inputs = { input: 0, other: 3 };
  const empty = { topic: 'input', partition: 0, startOffset: 0, nextOffset: 12, records: [] };
  expect(advanceInputs(inputs, [empty])).toEqual({ input: 12, other: 3 });
  expect(advanceInputs(inputs, [])).toBe(inputs);
});

function caught(action: () => unknown): Error & { readonly canRetry?: boolean } {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
