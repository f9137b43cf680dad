import { createHash } from 'node:crypto';
import { decodeErrorRecord } from './decode-error-record.ts';
import type { ErrorRecord } from './error-record.ts';
import { encodeErrorRecord } from './error-record.ts';

const error: ErrorRecord = {
  errorMessage: 'price must be a whole number',
  batchId: 7,
  errorTimeMs: 1_767_225_600_250,
  code: 'invalid_field',
  worker: 'parser',
  step: 'parse-sale',
  attempt: 1,
  source: {
    topic: 'sales-events',
    partition: 2,
    offset: 41,
    timestampMs: 1_767_225_600_000,
    key: Buffer.from([0, 255]),
  },
};

function roundTrip(record: ErrorRecord, value: Buffer | null) {
  const decoded = decodeErrorRecord(Buffer.from(encodeErrorRecord(record, value)));
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.value;
}

describe('error records', () => {
  test('have the shape that the manual shows', () => {
    expect(JSON.parse(encodeErrorRecord(error, Buffer.from('{}')))).toEqual({
      error_message: 'price must be a whole number',
      batch_id: 7,
      error_time: '2026-01-01T00:00:00.250Z',
      code: 'invalid_field',
      worker: 'parser',
      step: 'parse-sale',
      attempt: 1,
      source: { topic: 'sales-events', partition: 2, offset: 41, timestamp: '2026-01-01T00:00:00.000Z', key: 'AP8=' },
      payload: 'e30=',
      payload_bytes: 2,
      payload_sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    });
  });

  test.each([
    ['bytes that are no text', Buffer.from([0xff, 0x00])],
    ['no bytes', Buffer.alloc(0)],
  ])('give back %s', (_name, value) => {
    const sha256 = createHash('sha256').update(value).digest('hex');
    expect(roundTrip(error, value)).toEqual({ ...error, payload: { head: value, sizeBytes: value.length, sha256 } });
  });

  test('tell a tombstone from no bytes', () => {
    const keyless = { ...error, source: { ...error.source, key: null } };
    expect(roundTrip(keyless, null)).toEqual({ ...keyless, payload: { head: null, sizeBytes: null, sha256: null } });
  });

  test('of 900 KB, keys and messages included, stay far below 1 MiB and keep length and hash', () => {
    const value = Buffer.alloc(900_000, 'x');
    const large = { ...error, errorMessage: '北'.repeat(900_000), source: { ...error.source, key: value } };
    expect(Buffer.byteLength(encodeErrorRecord(large, value))).toBeLessThan(256 * 1_024);
    const { payload, source } = roundTrip(large, value);
    expect(payload.head).toEqual(value.subarray(0, 65_536));
    expect(payload.sizeBytes).toBe(900_000);
    expect(payload.sha256).toBe(createHash('sha256').update(value).digest('hex'));
    expect(source.key).toHaveLength(65_536);
  });

  test.each([
    ['error_message', 1],
    ['batch_id', -1],
    ['error_time', 'now'],
    ['code', ''],
    ['worker', null],
    ['step', 3],
    ['attempt', 0],
    ['source', null],
    ['source', { ...error.source, offset: '41' }],
    ['payload', 'no base64!'],
    ['payload', undefined],
  ])('are refused when %s is %j', (field, wrong) => {
    const fields = JSON.parse(encodeErrorRecord(error, Buffer.from('{}'))) as object;
    const decoded = decodeErrorRecord(Buffer.from(JSON.stringify({ ...fields, [field]: wrong })));
    expect(decoded).toMatchObject({ ok: false, code: 'invalid_field', field });
  });
});
