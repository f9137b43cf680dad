import { parseDuration } from './duration.ts';
import { parseTrigger } from './trigger.ts';

test.each([
  ['0', 0],
  ['250ms', 250],
  ['30s', 30_000],
  ['10 seconds', 10_000],
  [' 5 min ', 300_000],
  ['1 Minute', 60_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
])('parseDuration("%s") is %d ms', (text, durationMs) => expect(parseDuration(text)).toBe(durationMs));

test.each([
  '',
  '30',
  '-1s',
  's',
  '1 fortnight',
  '1e3s',
  '1.0001ms',
  '999999999999999d',
  '1s 2s',
  '5  min',
  '1 constructor',
])('parseDuration("%s") is none', (text) => expect(parseDuration(text)).toBeUndefined());

test.each([
  ['0', { kind: 'interval', everyMs: 0 }],
  ['15s', { kind: 'interval', everyMs: 15_000 }],
  ['10 seconds', { kind: 'interval', everyMs: 10_000 }],
  ['availableNow', { kind: 'availableNow' }],
  ['AVAILABLENOW', { kind: 'availableNow' }],
  ['once', { kind: 'once' }],
  ['sometimes', undefined],
  ['15', undefined],
])('parseTrigger("%s")', (text, trigger) => expect(parseTrigger(text)).toEqual(trigger));
