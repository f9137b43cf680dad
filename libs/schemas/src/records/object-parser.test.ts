import type { ValueInPlace } from '../json/value-in-place.ts';
import { objectParser } from './object-parser.ts';

const parse = objectParser({ n: 'number', constructor: 'unique' as const }, ([n, constructed]) => {
  return { ok: true, value: { n, constructed } };
});

/** The bytes of a value among those of others. */
const inPlace = (value: Buffer): ValueInPlace => {
  const bytes = Buffer.concat([Buffer.from('{"n":1}'), value, Buffer.from('{"n":2}')]);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start: 7, end: 7 + value.length };
};

describe.each([
  ['a value alone', (text: string) => parse(Buffer.from(text))],
  ['a value in place', (text: string) => parse(inPlace(Buffer.from(text)))],
])('%s', (_name, parseText) => {
  it.each([
    ['of the plain form', '{"n":7}', { n: 7, constructed: undefined }],
    ['with a number that is none of that', '{"n":8.5}', { n: 8.5, constructed: undefined }],
    ['with other characters', '{"n":"ü","constructor":"ï"}', { n: 'ü', constructed: 'ï' }],
    ['without the fields', '{"m":null}', { n: undefined, constructed: undefined }],
  ])('%s', (_form, text, value) => expect(parseText(text)).toEqual({ ok: true, value }));

  it('is refused when it is empty, or no object', () => {
    expect(parseText('')).toMatchObject({ ok: false, code: 'empty_value' });
    expect(parseText('[7]')).toMatchObject({ ok: false, code: 'not_an_object' });
    expect(parseText('{"n":7')).toMatchObject({ ok: false, code: 'not_json' });
  });
});

it('takes null for a tombstone', () => expect(parse(null)).toMatchObject({ ok: false, code: 'tombstone' }));
