import { createRepeatFilter, describeLogLine } from './log-line.ts';

const entry = (fields: object) => JSON.stringify({ time: 'x', name: 'parser', ...fields });

test.each([
  [entry({ level: 'info', msg: 'joined' }), undefined],
  [entry({ level: 'warn', msg: 'slow' }), 'warn: slow'],
  [
    entry({ level: 'error', msg: 'commit failed', err: { message: 'TM_FENCED: gone' } }),
    'error: commit failed: TM_FENCED: gone',
  ],
  [entry({ level: 'warn', msg: 'start', reason: 'not there' }), 'warn: start: not there'],
  ['TM_CONFIG_INVALID: PORT must be a number', 'TM_CONFIG_INVALID: PORT must be a number'],
  ['    at run (main.ts:1:1)', undefined],
  ['(node:12) ExperimentalWarning: …', undefined],
  ['', undefined],
  ['{ no json', 'warn: { no json'],
  ['a\u001b[2Jb', 'a\u{fffd}[2Jb'],
])('%s', (line, shown) => {
  expect(describeLogLine(line)).toBe(shown);
});

test('long lines are cut', () => {
  expect(describeLogLine('x'.repeat(1_000))).toHaveLength(160);
});

test('a flood of one message is one line in 10 seconds', () => {
  let nowMs = 0;
  const isNew = createRepeatFilter(() => nowMs);
  expect([isNew('a'), isNew('a'), isNew('b')]).toEqual([true, false, true]);
  nowMs = 10_000;
  expect(isNew('a')).toBe(true);
});
