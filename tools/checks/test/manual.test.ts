import { readText } from './repository.ts';

const PAGE = 'docs/writing-a-worker.md';
const CODE = 'libs/testing/docs/01-first-topology.test.ts';

const withoutIndent = (text: string) => text.replace(/^[ \t]+/gm, '').trim();

test('every TypeScript passage of the page is in the test that runs it', () => {
  const passages = [...readText(PAGE).matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, passage]) => passage!);
  const code = withoutIndent(readText(CODE));
  const parts = passages.flatMap((passage) => passage.split('\n\n')).map(withoutIndent);
  expect(passages).toHaveLength(3);
  expect(parts.filter((part) => !code.includes(part))).toEqual([]);
});
