import { importsIn } from './imports-of.ts';

test.each([
  ["import { a, type B } from 'x';", ['a', 'B']],
  ["import type { A } from 'x';", ['A']],
  ["import {\n  a,\n  b,\n} from 'x';", ['a', 'b']],
  ["export { a as b } from 'x';", ['a as b']],
  ["export * from 'x';", []],
  ["import a from 'x';", []],
  ["import 'x';", []],
  ["const a = await import('x');", []],
  ["const a = require('x');", []],
])('%s', (text, names) => {
  expect(importsIn('file.ts', text)).toEqual([{ file: 'file.ts', from: 'x', names }]);
});
