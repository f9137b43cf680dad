import { checkRowSchema, migrateNumbers, NewerRow, type RowSchema } from './row-schema.ts';
import { decodeRow, encodeRow, rowCodec } from './state-row.ts';

const SCHEMA: RowSchema = {
  query: 'sales',
  version: 3,
  measures: ['total', 'orders', 'largest'],
  migrations: {
    1: { measures: ['total'], to: ({ total }) => ({ total: total!, orders: 0 }) },
    2: {
      measures: ['orders', 'total'],
      to: ({ total, orders }) => ({ total: total!, orders: orders!, largest: total! }),
    },
  },
};
const ROW = { query: 'sales', group: ['Rome'], windowStartMs: 60_000, accumulator: [7, 2, 5], version: 4 };

test('1. a schema has a migration from each earlier version, and no other', () => {
  expect(() => checkRowSchema(SCHEMA)).not.toThrow();
  const { 1: first, 2: second } = SCHEMA.migrations;
  expect(() => checkRowSchema({ ...SCHEMA, migrations: { 2: second! } })).toThrow(/needs a migration from version 1/);
  expect(() => checkRowSchema({ ...SCHEMA, version: 2 })).toThrow(/has no use for a migration from 2/);
  expect(() => checkRowSchema({ ...SCHEMA, version: 1, migrations: { 1: first! } })).toThrow(/no use/);
  expect(() => checkRowSchema({ ...SCHEMA, version: 1.5, migrations: {} })).toThrow(RangeError);
});

test('2. numbers are brought to the newest version step by step, by name and not by place', () => {
  expect(migrateNumbers(SCHEMA, 2, [3, 40])).toEqual([40, 3, 40]);
  expect(migrateNumbers(SCHEMA, 1, [40])).toEqual([40, 0, 40]);
  expect(migrateNumbers(SCHEMA, 3, [1, 2, 3])).toEqual([1, 2, 3]);
});

test('3. a newer version is refused, and the message says how to go on', () => {
  expect(() => migrateNumbers(SCHEMA, 4, [1])).toThrow(NewerRow);
  expect(() => migrateNumbers(SCHEMA, 4, [1])).toThrow(/version 4, .* up to 3: .*savepoint.*row version 5/);
});

test('4. a migration that leaves a measure out, or invents one, is a defect', () => {
  const odd = (to: () => Record<string, number>) => ({
    ...SCHEMA,
    migrations: { ...SCHEMA.migrations, 2: { measures: ['orders', 'total'], to } },
  });
  expect(() =>
    migrateNumbers(
      odd(() => ({ total: 1, orders: 1 })),
      2,
      [1, 2],
    ),
  ).toThrow(/version 3 has total, orders, largest/);
  expect(() =>
    migrateNumbers(
      odd(() => ({ total: 1, orders: 1, largest: 1, more: 1 })),
      2,
      [1, 2],
    ),
  ).toThrow(/gave/);
  expect(() =>
    migrateNumbers(
      odd(() => ({ total: 1, orders: 1, largest: NaN })),
      2,
      [1, 2],
    ),
  ).toThrow(/gave/);
  expect(() => migrateNumbers(SCHEMA, 2, [1])).toThrow(/migrating a row of version 2/);
});

test('5. rows are written with their version and read from any earlier one', () => {
  const { encode, decode } = rowCodec([SCHEMA]);
  expect(decode(encode(ROW))).toEqual(ROW);
  expect(decode(encodeRow({ ...ROW, accumulator: [9] }))).toEqual({ ...ROW, accumulator: [9, 0, 9] });
  expect(decode(encodeRow({ ...ROW, accumulator: [2, 9] }, 2))).toEqual({ ...ROW, accumulator: [9, 2, 9] });
  expect(() => decode(encodeRow(ROW, 4))).toThrow(NewerRow);
});

test('6. rows of version 1 look as they always did; who knows of no versions refuses others', () => {
  expect(rowCodec().encode(ROW)).toBe('[1,"sales",["Rome"],60000,[7,2,5],4]');
  expect(() => decodeRow(encodeRow(ROW, 2))).toThrow(NewerRow);
});
