import fc from 'fast-check';
import { PlainObjectReader } from './plain-object-reader.ts';

const reader = new PlainObjectReader({ id: 'unique', kind: 'repeating', count: 'number' });

const read = (text: string) => {
  const values = reader.read(Buffer.from(text));
  return values && [...values];
};

describe('the plain form', () => {
  it.each([
    ['{"id":"a","kind":"b","count":7}', ['a', 'b', 7]],
    ['{"count":7,"kind":"b","id":"a"}', ['a', 'b', 7]],
    ['{ "id" : "a" , "kind" : "b" , "count" : 7 }', ['a', 'b', 7]],
    ['{"id":"a"}', ['a', undefined, undefined]],
    ['{"id":"a","id":"c","count":1,"count":2}', ['c', undefined, 2]],
    ['{"other":"x","id":"a","more":12,"idx":"y","i":"z"}', ['a', undefined, undefined]],
    ['{"id":5,"kind":6,"count":"text"}', [5, 6, 'text']],
    ['{"id":"","count":0}', ['', undefined, 0]],
    ['{"count":999999999999999}', [undefined, undefined, 999_999_999_999_999]],
    [`{"kind":"${'x'.repeat(2_000)}"}`, [undefined, 'x'.repeat(2_000), undefined]],
  ])('%s', (text, values) => expect(read(text)).toEqual(values));
});

describe('anything else is left to the general way', () => {
  it.each([
    '',
    '{',
    '{}',
    '[]',
    ' {"id":"a"}',
    '{"id":"a"} ',
    '{"id":"a"}}',
    '{"id":"a",}',
    '{"id":"a" "count":1}',
    '{"id" "a"}',
    '{id:"a"}',
    '{"id":"a',
    '{"id":"a"',
    '{"id',
    '{"id":"\\u0061"}',
    '{"id":"ü"}',
    '{"i\\u0064":"a"}',
    '{"ü":"a"}',
    '{"id":"a\tb"}',
    '{"count":-1}',
    '{"count":1.0}',
    '{"count":1e3}',
    '{"count":01}',
    '{"count":}',
    '{"count":1234567890123456}',
    '{"id":null}',
    '{"id":true}',
    '{"id":{"a":1}}',
    '{"id":["a"]}',
    '{\n"id":"a"}',
  ])('%s', (text) => expect(read(text)).toBeUndefined());
});

/** Texts around the plain form: objects, spelled with spaces, and then damaged here and there. */
const spelled = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.constantFrom('id', 'kind', 'count', 'other', 'id', 'kind', 'count', 'ï'),
        fc.oneof(
          { weight: 8, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 6 }) },
          { weight: 8, arbitrary: fc.nat() },
          fc.string({ unit: 'binary', maxLength: 6 }),
          fc.double(),
          fc.jsonValue({ maxDepth: 1 }),
        ),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    fc.constantFrom('', ' ', '  '),
    fc.option(fc.tuple(fc.nat(60), fc.constantFrom('', '"', '\\', ',', '0', ' ', '}', '\n', '-', 'e'))),
  )
  .map(([fields, space, damage]) => {
    const members = fields.map(([name, value]) => `${JSON.stringify(name)}${space}:${space}${JSON.stringify(value)}`);
    const text = `{${space}${members.join(`${space},${space}`)}${space}}`;
    return damage === null ? text : text.slice(0, damage[0]) + damage[1] + text.slice(damage[0] + 1);
  });

test('where it answers, it says what JSON.parse says', () => {
  let answers = 0;
  fc.assert(
    fc.property(spelled, (text) => {
      const values = read(text);
      if (values === undefined) return;
      answers += 1;
      const { id, kind, count } = JSON.parse(text) as Record<string, unknown>;
      expect(values).toEqual([id, kind, count]);
    }),
    { numRuns: 20_000 },
  );
  expect(answers).toBeGreaterThan(1_000);
});

test('a field of texts that repeat gives each of them, also when there are more than it remembers', () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5_000; i++) expect(read(`{"kind":"kind-${i}"}`)).toEqual([undefined, `kind-${i}`, undefined]);
  }
});

test('the bytes may be a part of a larger buffer', () => {
  const bytes = Buffer.from('xx{"id":"a"}}}');
  expect(reader.read(bytes.subarray(2, 12))?.[0]).toBe('a');
  expect(reader.read(bytes.subarray(2, 11))).toBeUndefined();
});
