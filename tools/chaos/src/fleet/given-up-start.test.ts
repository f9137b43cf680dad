import { isGivenUpStart } from './given-up-start.ts';

const GIVEN_UP = { exit: { code: 1, signal: null }, wasReady: false, livedMs: 61_000 };

test('who could not start for a minute may give up', () => {
  expect(isGivenUpStart(GIVEN_UP)).toBe(true);
});

test.each([
  ['was ready', { wasReady: true }],
  ['had not tried for a minute', { livedMs: 59_000 }],
  ['was killed', { exit: { code: null, signal: 'SIGABRT' } }],
  ['had a wrong configuration', { exit: { code: 2, signal: null } }],
] as const)('who %s may not', (_, change) => {
  expect(isGivenUpStart({ ...GIVEN_UP, ...change })).toBe(false);
});
