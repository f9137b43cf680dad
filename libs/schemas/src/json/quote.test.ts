import { quote } from './quote.ts';

test.each([
  '',
  'plain',
  'a"b',
  'a\\b',
  '\u0000\u001f\u007f',
  'Ünïcødé 北',
  '😀',
  '\ud800',
  '\u2028',
  '</script>',
  '\u001f',
  '~\u007f',
  `${'long '.repeat(10)}"`,
  'long '.repeat(10),
])('quote(%j) is what JSON.stringify gives', (text) => expect(quote(text)).toBe(JSON.stringify(text)));
