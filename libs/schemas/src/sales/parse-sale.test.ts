import { readFixture } from '../../test/read-fixture.ts';
import type { ParsedSale } from './parse-sale.ts';
import { parseSale } from './parse-sale.ts';

interface FromJsonCase {
  readonly value: string;
  readonly expected: 'valid' | 'error';
  readonly why?: string;
}

const sale = { event_id: 'e', timestamp: 1767225600, product: 'laptop', price: 100, quantity: 2, region: 'North' };

function parse(value: unknown): ParsedSale {
  return parseSale(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

const valid = { ok: true, value: expect.anything() };
const fault = (code: string, field?: string) => expect.objectContaining({ ok: false, code, ...(field && { field }) });

describe('parseSale on the values that Spark answered', () => {
  const cases = readFixture<FromJsonCase>('from-json.jsonl');

  test('there are 49 of them', () => expect(cases).toHaveLength(49));

  test.each(cases)('$value is $expected ($why)', ({ value, expected, why }) => {
    const parsed = parse(value);
    expect(parsed.ok ? 'valid' : 'error').toBe(expected);
    if (!parsed.ok) expect(`${parsed.code} ${parsed.message}`).toContain(why);
  });
});

describe('parseSale on bytes', () => {
  test('no value', () => expect(parseSale(null)).toEqual(fault('tombstone')));
  test('no bytes', () => expect(parseSale(Buffer.alloc(0))).toEqual(fault('empty_value')));
  test('a byte order mark', () => expect(parse(`\ufeff${JSON.stringify(sale)}`)).toEqual(fault('byte_order_mark')));

  test.each([
    ['a byte that never occurs', [0xff]],
    ['a cut sequence', [0xe5, 0x8c]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['beyond the last code point', [0xf4, 0x90, 0x80, 0x80]],
  ])('%s in a text is no UTF-8', (_name, bytes) => {
    const [head, tail] = JSON.stringify({ ...sale, region: '?' }).split('?') as [string, string];
    const value = Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from(tail)]);
    expect(parseSale(value)).toEqual(fault('invalid_utf8'));
  });

  test('900 KB of one field', () => {
    expect(parse({ ...sale, region: 'x'.repeat(900_000) })).toEqual(fault('invalid_field', 'region'));
  });

  test('900 KB of brackets', () => expect(parse('['.repeat(900_000))).toEqual(fault('not_json')));
  test('900 KB of a field that nobody asked for', () =>
    expect(parse({ ...sale, note: 'x'.repeat(900_000) })).toEqual(valid));
  test('a view into a larger buffer', () => {
    const text = JSON.stringify(sale);
    expect(parseSale(Buffer.from(`xx${text}xx`).subarray(2, 2 + text.length))).toEqual(valid);
  });
});

describe('parseSale on fields', () => {
  test('gives the sale', () => {
    expect(parse({ ...sale, extra: 1 })).toEqual({
      ok: true,
      value: { eventId: 'e', timestampS: 1767225600, product: 'laptop', price: 100, quantity: 2, region: 'North' },
    });
  });

  test.each(['event_id', 'product', 'region'])('%s: 1 to 1024 bytes of UTF-8', (field) => {
    expect(parse({ ...sale, [field]: 'x'.repeat(1_024) })).toEqual(valid);
    expect(parse({ ...sale, [field]: '北'.repeat(341) })).toEqual(valid);
    for (const wrong of ['', 'x'.repeat(1_025), '北'.repeat(342), 7, null, undefined, ['x']]) {
      expect(parse({ ...sale, [field]: wrong })).toEqual(fault('invalid_field', field));
    }
  });

  test('a lone surrogate is no text, a pair is', () => {
    const spell = (region: string) => JSON.stringify({ ...sale, region: '?' }).replace('?', region);
    expect(parse(spell('\\ud83d\\ude00'))).toEqual(valid);
    expect(parse(spell('\\ud83d'))).toEqual(fault('invalid_field', 'region'));
  });

  test.each([
    ['timestamp', '0', '253402300799', ['-1', '253402300800', '0.5', '"0"', 'true', '1e400']],
    ['price', '1', '2147483647', ['0', '2147483648', '1.5', '"1"', '[1]', '-1e400']],
    ['quantity', '1', '2147483647', ['0', '2147483648', '1.5', '"1"', '{}', 'null']],
  ])('%s: whole, from %s to %s', (field, least, most, wrong) => {
    const spell = (number: string) =>
      JSON.stringify({ ...sale, price: 1, quantity: 1, [field]: '?' }).replace('"?"', number);
    for (const number of [least, most, '10.0', '1e3']) expect(parse(spell(number))).toEqual(valid);
    for (const number of wrong) expect(parse(spell(number))).toEqual(fault('invalid_field', field));
  });

  test('minus zero is zero', () => {
    const parsed = parse(JSON.stringify({ ...sale, timestamp: '?' }).replace('"?"', '-0'));
    expect(parsed.ok && Object.is(parsed.value.timestampS, 0)).toBe(true);
  });

  test('the amount may be 2^53-1 and no more', () => {
    // 2^53 - 1 = 6361 × 69431 × 20394401
    expect(parse({ ...sale, price: 441_650_591, quantity: 20_394_401 })).toEqual(valid);
    expect(parse({ ...sale, price: 441_650_592, quantity: 20_394_401 })).toEqual(fault('amount_out_of_range'));
    expect(parse({ ...sale, price: 2_147_483_647, quantity: 2_147_483_647 })).toEqual(fault('amount_out_of_range'));
  });

  test('__proto__ lends no field', () => {
    const text = JSON.stringify(sale).replace('"price":100', '"__proto__":{"price":100}');
    expect(parse(text)).toEqual(fault('invalid_field', 'price'));
  });

  test('no fault quotes more than a few words of the value', () => {
    const parsed = parse(`secret-${'x'.repeat(10_000)}`);
    expect(!parsed.ok && parsed.message.length).toBeLessThan(200);
  });
});
