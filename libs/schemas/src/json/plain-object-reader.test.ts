import fc from 'fast-check';
import { PlainObjectReader } from './plain-object-reader.ts';
import { inPlace, type ValueInPlace } from './value-in-place.ts';

const newReader = () => new PlainObjectReader({ id: 'unique', kind: 'repeating', count: 'number' });
const reader = newReader();

const read = (text: string) => {
  const values = reader.read(inPlace(Buffer.from(text)));
  return values && [...values];
};

/** The text among others, which would go on as an object does. */
const amongOthers = (text: string): ValueInPlace => {
  const value = Buffer.from(text);
  const bytes = Buffer.concat([Buffer.from('{"id":"'), value, Buffer.from('"}1}",:7')]);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start: 7, end: 7 + value.length };
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

test.each(['', 'ï', 'a"b', 'a\\b', '1', '7up', 'a\n'])('a field of the name %j cannot be read so', (name) => {
  expect(() => new PlainObjectReader({ [name]: 'number' })).toThrow(RangeError);
});

describe('among other bytes', () => {
  const members = fc.array(
    fc.tuple(
      fc.constantFrom('id', 'kind', 'count', 'other', 'ids', 'o'),
      fc.constantFrom('x', '', 'a longer text', 7, 12_345),
    ),
    { minLength: 1, maxLength: 5 },
  );
  /** Objects of a few layouts, the same ones again and again, and now and then one of none. */
  const texts = fc
    .tuple(fc.array(members, { minLength: 1, maxLength: 3 }), fc.array(spelled, { maxLength: 3 }))
    .chain(([layouts, others]) => {
      const ofLayout = fc.constantFrom(...layouts).chain((layout) =>
        fc.tuple(...layout.map(([, value]) => fc.constantFrom<string | number>(value, 'y', 99))).map((values) => {
          const spelling = layout.map(([name], i) => `${JSON.stringify(name)}: ${JSON.stringify(values[i])}`);
          return `{${spelling.join(', ')}}`;
        }),
      );
      const ofNone = others.length > 0 ? fc.constantFrom(...others) : ofLayout;
      return fc.array(fc.oneof({ weight: 9, arbitrary: ofLayout }, ofNone), { minLength: 1, maxLength: 20 });
    });

  test('it says what it says of a value alone, whatever it has read before', () => {
    let answers = 0;
    fc.assert(
      fc.property(texts, (sequence) => {
        const placed = newReader();
        for (const text of sequence) {
          const values = placed.read(amongOthers(text));
          expect(values && [...values]).toEqual(read(text));
          if (values !== undefined) answers += 1;
        }
      }),
      { numRuns: 3_000 },
    );
    expect(answers).toBeGreaterThan(10_000);
  });

  it.each([
    '{"id":"a","count":7',
    '{"id":"a","count":',
    '{"id":"a","cou',
    '{"id":"a"',
    '{"id":"',
    '{',
    '',
    '{"id":"a","count":7}}',
  ])('nothing behind the end counts, also where the layout is known: %s', (text) => {
    const placed = newReader();
    expect(placed.read(amongOthers('{"id":"a","count":7}'))).toEqual(['a', undefined, 7]);
    expect(placed.read(amongOthers(text))).toBeUndefined();
  });

  it('reads objects of very many values, again and again', () => {
    const placed = newReader();
    const many = Array.from({ length: 1_000 }, (_, i) => `"f${i}":${i}`).join(',');
    for (let round = 0; round < 3; round += 1) {
      expect(placed.read(amongOthers(`{${many},"count":${round}}`))).toEqual([undefined, undefined, round]);
    }
  });

  it('takes the layout of another writer over', () => {
    const placed = newReader();
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 100; i += 1)
        expect(placed.read(amongOthers(`{"id":"a","count":${i}}`))).toEqual(['a', undefined, i]);
      for (let i = 0; i < 100; i += 1)
        expect(placed.read(amongOthers(`{"count": ${i}, "id": "b"}`))).toEqual(['b', undefined, i]);
    }
  });
});
