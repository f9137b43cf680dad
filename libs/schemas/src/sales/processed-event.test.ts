import { readFixture, readLines } from '../../test/read-fixture.ts';
import { parseSale } from './parse-sale.ts';
import { decodeProcessedEvent, encodeProcessedData, encodeProcessedEvent } from './processed-event.ts';
import type { SaleEvent } from './sale-event.ts';

function saleOf(line: string): SaleEvent {
  const parsed = parseSale(Buffer.from(line));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

const inputs = readLines('sales-of-processed-events.jsonl');
const sale: SaleEvent = {
  eventId: 'e "1"\\\u0001\n',
  timestampS: 1_767_225_600,
  product: 'Ünïcødé 北 😀',
  price: 46_341,
  quantity: 46_341,
  region: '\u2028/<>&\u007f',
};

describe('encodeProcessedEvent', () => {
  test("writes Spark's text, byte for byte", () => {
    const expected = readFixture<{ key: string; value: string }>('expected-processed-events.jsonl');
    const written = new Map(inputs.map(saleOf).map((each) => [each.eventId, encodeProcessedEvent(each)]));
    expect(expected).toHaveLength(500);
    expect(expected.map(({ key }) => ({ key, value: written.get(key) }))).toEqual(expected);
  });

  test('escapes what JSON must escape and nothing else', () => {
    expect(encodeProcessedEvent(sale)).toBe(
      '{"event_id":"e \\"1\\"\\\\\\u0001\\n","product":"Ünïcødé 北 😀","region":"\u2028/<>&\u007f"' +
        ',"total_amount":2147488281,"event_time":"2026-01-01T00:00:00.000Z"}',
    );
  });

  test.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [253_402_300_799, '9999-12-31T23:59:59.000Z'],
  ])('second %d is %s', (timestampS, text) => {
    expect(encodeProcessedEvent({ ...sale, timestampS })).toContain(`"event_time":"${text}"`);
  });
});

describe('encodeProcessedData', () => {
  test('gives back the input, which is in schema order', () => {
    expect(inputs.map((line) => encodeProcessedData(saleOf(line)))).toEqual(inputs);
  });

  test('leaves extra fields out', () => {
    const line = inputs[0] as string;
    expect(encodeProcessedData(saleOf(line.replace('}', ',"extra":1}')))).toBe(line);
  });
});

describe('decodeProcessedEvent', () => {
  const text = encodeProcessedEvent(sale);
  const decode = (value: string) => decodeProcessedEvent(Buffer.from(value));

  test('reads what was written', () => {
    expect(decode(text)).toEqual({
      ok: true,
      value: {
        eventId: sale.eventId,
        product: sale.product,
        region: sale.region,
        totalAmount: 46_341 * 46_341,
        eventTimeMs: 1_767_225_600_000,
      },
    });
  });

  test.each([
    ['event_time', '"2026-01-01T00:00:00.000Z"', '"2026-01-01 00:00:00"'],
    ['event_time', '"2026-01-01T00:00:00.000Z"', '"2026-02-30T00:00:00.000Z"'],
    ['event_time', '"2026-01-01T00:00:00.000Z"', '"2026-01-01T24:00:00.000Z"'],
    ['event_time', '"2026-01-01T00:00:00.000Z"', '"1969-12-31T23:59:59.000Z"'],
    ['event_time', '"2026-01-01T00:00:00.000Z"', '"+010000-01-01T00:00:00.000Z"'],
    ['event_time', '"2026-01-01T00:00:00.000Z"', '1767225600000'],
    ['total_amount', '2147488281', '0'],
    ['total_amount', '2147488281', '9007199254740992'],
    ['total_amount', '2147488281', '"2147488281"'],
    ['product', '"Ünïcødé 北 😀"', '""'],
  ])('refuses %s: %s as %s', (field, right, wrong) => {
    expect(decode(text.replace(right, wrong))).toMatchObject({ ok: false, code: 'invalid_field', field });
  });

  test('refuses what is no object', () => {
    expect(decodeProcessedEvent(null)).toMatchObject({ code: 'tombstone' });
    expect(decode('[]')).toMatchObject({ code: 'not_an_object' });
  });
});
