import { topFunctions } from './top-functions.ts';

const node = (id: number, functionName: string, url: string, lineNumber: number) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

const PROFILE = {
  nodes: [
    node(1, '(idle)', '', -1),
    node(2, 'parse', 'file:///repo/libs/a.ts', 9),
    node(3, '', 'node:internal/x', 4),
    // The same function, called from elsewhere.
    node(4, 'parse', 'file:///repo/libs/a.ts', 9),
    node(5, '(garbage collector)', '', -1),
  ],
  samples: [1, 2, 3, 4, 5, 1],
  timeDeltas: [90_000, 2_000, 3_000, 4_000, 1_000, 90_000],
};

test('functions are ranked by the time in themselves, idle time left out', () => {
  expect(topFunctions(PROFILE, { count: 2, rootDir: '/repo/' })).toEqual([
    { name: 'parse', place: 'libs/a.ts:10', selfMs: 6, share: 0.6 },
    { name: '(anonymous)', place: 'node:internal/x:5', selfMs: 3, share: 0.3 },
  ]);
  expect(topFunctions(PROFILE, { count: 10, rootDir: '' }).map(({ name }) => name)).toContain('(garbage collector)');
});

test('what a warm-up has cost can be left out', () => {
  const afterWarmUp = topFunctions(PROFILE, { count: 9, rootDir: '', afterMs: 95 });
  expect(afterWarmUp.map(({ name, selfMs }) => [name, selfMs])).toEqual([
    ['parse', 4],
    ['(garbage collector)', 1],
  ]);
});
