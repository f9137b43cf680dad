import { logRecord } from '../../test/support/turns.ts';
import { ok, parseStep, skip, stepError } from './step-result.ts';

const step = parseStep('readNumber', (value) => {
  const read = Number(value?.toString() ?? 'none');
  return Number.isNaN(read) ? { ok: false, code: 'not_a_number', message: 'NaN' } : { ok: true, value: read };
});

describe('parseStep', () => {
  it('has the name that logs and error records show', () => expect(step.name).toBe('readNumber'));

  it('answers ok with what was parsed', () => {
    expect(step(logRecord({ value: Buffer.from('7') }))).toEqual(ok(7));
  });

  it('makes a refusal a permanent error, and hands a tombstone on as null', () => {
    expect(step(logRecord({ value: null }))).toEqual(stepError('not_a_number', 'NaN'));
  });
});

test('skip says why', () => expect(skip('not mine')).toEqual({ kind: 'skip', reason: 'not mine' }));
