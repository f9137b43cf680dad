import { readDocsRows } from '../../test/read-docs.ts';
import { RECORD_FAULTS } from './record-fault.ts';

test('docs/record-faults.md lists every code with its text', () => {
  expect(readDocsRows('record-faults.md').map((row) => row.slice(0, 2))).toEqual(Object.entries(RECORD_FAULTS));
});
