import { createValueFrames } from './value-frames.ts';

const STREAM = Buffer.from('5 a\nb c\n0 \n-1 \n3 \u20ac\n2 12\n');
const VALUES = ['a\nb c', '', null, '\u20ac', '12'];

test.each([1, 2, 3, 7, 1_000])('values come out whole from chunks of %d bytes', (chunkBytes) => {
  const values: (string | null)[] = [];
  const frames = createValueFrames((value) => values.push(value?.toString() ?? null));
  for (let at = 0; at < STREAM.length; at += chunkBytes) frames.push(STREAM.subarray(at, at + chunkBytes));
  frames.end();
  expect(values).toEqual(VALUES);
});

test('a stream that ends within a value is an error', () => {
  const frames = createValueFrames(() => {});
  frames.push(Buffer.from('5 ab'));
  expect(() => frames.end()).toThrow('4 bytes');
});
