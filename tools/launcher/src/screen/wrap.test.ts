import { wrap } from './wrap.ts';

test.each([
  ['', ['']],
  ['one two', ['one two']],
  ['one two three', ['one two', 'three']],
  ['12345678', ['12345678']],
  ['123456789', ['12345678', '9']],
  ['a 1234567890', ['a', '12345678', '90']],
  ['a\nb', ['a', 'b']],
])('%j', (text, lines) => {
  expect(wrap(text, 8)).toEqual(lines);
});
