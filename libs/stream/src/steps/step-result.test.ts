import { objectParser } from '@tidemark/schemas';
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

  it('hands values on in place to who reads them there, and only to them', () => {
    const valueInPlace = (text: string) => {
      const bytes = Buffer.from(`..${text}..`);
      return {
        bytes,
        view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
        start: 2,
        end: bytes.length - 2,
      };
    };
    const record = logRecord({ value: Buffer.from('7'), valueInPlace: valueInPlace('{"n":8}') });
    const ofObject = parseStep(
      'readN',
      objectParser({ n: 'number' }, ([n]) => ({ ok: true, value: n })),
    );
    expect(ofObject(record)).toEqual(ok(8));
    expect(ofObject(logRecord({ value: null, valueInPlace: null }))).toMatchObject({
      kind: 'error',
      code: 'tombstone',
    });
    expect(ofObject(logRecord({ value: Buffer.from('{"n":9}') }))).toEqual(ok(9));
    expect(step(record)).toEqual(ok(7));
  });
});

test('skip says why', () => expect(skip('not mine')).toEqual({ kind: 'skip', reason: 'not mine' }));
