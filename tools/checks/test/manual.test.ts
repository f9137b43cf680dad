import { readText } from './repository.ts';

const PAGE = 'docs/writing-a-worker.md';
const CODE = ['01-first-topology', '04-another-measure'].map((page) => `libs/testing/docs/${page}.test.ts`);

const withoutIndent = (text: string) => text.replace(/^[ \t]+/gm, '').trim();

test('every TypeScript passage of the page is in a test that runs it', () => {
  const passages = [...readText(PAGE).matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, passage]) => passage!);
  const code = withoutIndent(CODE.map(readText).join('\n'));
  const parts = passages.flatMap((passage) => passage.split('\n\n')).map(withoutIndent);
  expect(passages).toHaveLength(4);
  expect(parts.filter((part) => !code.includes(part))).toEqual([]);
});
