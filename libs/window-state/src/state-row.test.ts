import fc from 'fast-check';
import { decodeRow, encodeRow, groupId, ROW_SCHEMA_VERSION, rowId, type StateRow } from './state-row.ts';

/** Texts that break a careless encoding: separators, digits that look like lengths, quotes, control characters. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('1', '2', ':', '|', ',', '"', '\\', '\u0000', '\n', 'ä', '\u{1F600}') }),
  fc.constantFrom('', '1:', '1:1', ':', '|', '__proto__', 'null', '\ufeff'),
);

test('a row is the same after the way to the log and back', () => {
  const row = fc.record({
    query: text,
    group: fc.array(text, { maxLength: 4 }),
    windowStartMs: fc.option(fc.maxSafeInteger()),
    accumulator: fc.array(fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
    version: fc.nat(),
  });
  fc.assert(
    fc.property(row, (given) => {
      const read = decodeRow(Buffer.from(encodeRow(given)).toString());
      // JSON knows no -0, which no total needs.
      expect(read).toEqual({ ...given, accumulator: given.accumulator.map((value) => value + 0) });
    }),
  );
});

test.each([0, ROW_SCHEMA_VERSION + 2, null, '1'])('schema version %p is refused, with advice', (schema) => {
  const encoded = JSON.parse(encodeRow(ROW)) as unknown[];
  expect(() => decodeRow(JSON.stringify([schema, ...encoded.slice(1)]))).toThrow(/schema version .* is not known/);
});

const ROW: StateRow = { query: 'q', group: ['a'], windowStartMs: 0, accumulator: [1], version: 1 };

test('two groups of the same fields have the same id only when they are the same', () => {
  const pair = fc
    .nat({ max: 4 })
    .chain((length) =>
      fc.tuple(
        fc.array(text, { minLength: length, maxLength: length }),
        fc.array(text, { minLength: length, maxLength: length }),
      ),
    );
  fc.assert(
    fc.property(pair, ([left, right]) => {
      const same = left.every((part, index) => part === right[index]);
      expect(groupId(left) === groupId(right)).toBe(same);
    }),
  );
});

test('moving a character from one field to the next makes another id', () => {
  const split = fc.tuple(text, fc.nat(), fc.nat());
  fc.assert(
    fc.property(split, ([whole, first, second]) => {
      const at = (where: number) => [whole.slice(0, where), whole.slice(where)];
      const [a, b] = [first % (whole.length + 1), second % (whole.length + 1)];
      expect(groupId(at(a)) === groupId(at(b))).toBe(a === b);
    }),
  );
});

test('ids of a query differ by window, and a running total is no window', () => {
  const ids = [rowId('q', null, ['a']), rowId('q', 0, ['a']), rowId('q', -1, ['a']), rowId('q', 1, ['a'])];
  expect(new Set(ids).size).toBe(ids.length);
  expect(rowId('q', 0, ['a'])).toBe(rowId('q', 0, ['a']));
});

test('an id is the same after the way to the log and back, and stays the only one of its group', () => {
  const unit = fc.constantFrom('a', '"', '\\', 'd', '8', '0', 'u', '\u0000', '\ud800', '\udbff', '\udc00', '\ufffd');
  const odd = fc.string({ unit, maxLength: 9 });
  fc.assert(
    fc.property(fc.tuple(odd, odd), fc.tuple(odd, odd), (left, right) => {
      for (const [one, other] of [
        [left, right],
        [[left[0]], [right[0]]],
      ] as const) {
        const [id, otherId] = [rowId('q', 0, one), rowId('q', 0, other)];
        expect(Buffer.from(id).toString()).toBe(id);
        expect(id === otherId).toBe(one.every((part, index) => part === other[index]));
      }
    }),
    { numRuns: 2_000 },
  );
  expect(rowId('q', 0, ['\ud800'])).not.toBe(rowId('q', 0, ['\u0000"\\ud800"']));
  expect(rowId('q', 0, ['laptop'])).toBe('q|0|laptop');
});
