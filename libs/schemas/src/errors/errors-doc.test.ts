import { readDocsRows } from '../../test/read-docs.ts';
import { ERROR_CODES } from './tidemark-error.ts';

const rows = readDocsRows('errors.md');

test('docs/errors.md lists every code, whether it repeats itself, and its text', () => {
  const listed = rows.map(([code, repeats, meaning]) => [code, repeats, meaning]);
  expect(listed).toEqual(
    Object.entries(ERROR_CODES).map(([code, { canRetry, text }]) => [code, canRetry ? 'yes' : 'no', text]),
  );
});

test('it says a way out of each', () => {
  expect(rows.filter(([, , , wayOut]) => !wayOut).map(([code]) => code)).toEqual([]);
});
