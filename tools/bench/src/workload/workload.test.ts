import { parseSale } from '@tidemark/schemas';
import { saleText, VALUE_BYTES } from './workload.ts';

test('values are valid sales of the same length, each of them another one', () => {
  const texts = Array.from({ length: 2_000 }, (_, index) => saleText(index));
  expect(new Set(texts).size).toBe(texts.length);
  for (const text of texts) {
    expect(Buffer.byteLength(text)).toBe(VALUE_BYTES);
    expect(parseSale(Buffer.from(text))).toMatchObject({ ok: true });
  }
});
