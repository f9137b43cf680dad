import { type Import, importsOf } from '@tidemark/bench';

/** The rules of a valid sale, which bench's checker has by itself too (a test there holds it to that), and a way to run a command. */
const OF_BENCH = ['readValidSale', 'Sale', 'readObject', 'isText', 'isWhole', 'runCommand'];

function isAllowed({ from, names }: Import): boolean {
  if (from === '@tidemark/bench') return names.length > 0 && names.every((name) => OF_BENCH.includes(name));
  return from.startsWith('./') || from.startsWith('node:');
}

test('the checker imports nothing that it checks', () => {
  const imports = importsOf(__dirname);
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter((each) => !isAllowed(each))).toEqual([]);
});
