import { decideRestart, DEFAULT_RESTART_POLICY as policy, EXIT_CONFIG_INVALID } from './restart-policy.ts';

const decide = (quickDeathsBefore: number, livedMs = 1_000, exitCode: number | null = 1) =>
  decideRestart(policy, { livedMs, exitCode, quickDeathsBefore });

test('the pause doubles with each quick death in a row', () => {
  const decisions = [0, 1, 2, 3].map((before) => decide(before));
  expect(decisions).toMatchObject([250, 500, 1_000, 2_000].map((delayMs) => ({ kind: 'restart', delayMs })));
});

test('after too many quick deaths it is given up', () => {
  expect(decide(4)).toEqual({ kind: 'give_up', reason: 'it died 5 times in a row within 30 s' });
});

test('who lived long enough starts afresh', () => {
  expect(decide(4, 60_000, null)).toEqual({ kind: 'restart', delayMs: 250, quickDeaths: 0 });
});

test('an invalid configuration does not get better', () => {
  expect(decide(0, 1_000, EXIT_CONFIG_INVALID)).toMatchObject({ kind: 'give_up' });
});
