import { z } from 'zod';
import { TidemarkError } from '../errors/tidemark-error.ts';
import { booleanText, durationText, triggerText, wholeNumberText } from './env-values.ts';
import type { Env } from './parse-env.ts';
import { parseEnv } from './parse-env.ts';

const shape = {
  REDIS_URL: z.string(),
  PORT: wholeNumberText(0, 65_535).default(3_000),
  DELAY: durationText(10).default(1_000),
  TRIGGER: triggerText().optional(),
  QUIET: booleanText().default(false),
};

function problemsOf(env: Env): unknown {
  try {
    parseEnv(shape, env, [
      (each) => (each['PORT'] && each['PORT'] === each['DELAY'] ? ['PORT and DELAY are the same'] : []),
    ]);
  } catch (error) {
    if (error instanceof TidemarkError) return error.fields['problems'];
    throw error;
  }
  return [];
}

describe('parseEnv', () => {
  test('reads what is set and fills in the rest; empty is unset', () => {
    const env = {
      REDIS_URL: 'redis://localhost',
      PORT: '',
      DELAY: '2 min',
      TRIGGER: 'once',
      QUIET: 'TRUE',
      OTHER: 'x',
    };
    expect(parseEnv(shape, env)).toEqual({
      REDIS_URL: 'redis://localhost',
      PORT: 3_000,
      DELAY: 120_000,
      TRIGGER: { kind: 'once' },
      QUIET: true,
    });
  });

  test('gives a frozen value', () => expect(Object.isFrozen(parseEnv(shape, { REDIS_URL: 'r' }))).toBe(true));

  test('names every problem at once, rules across variables too', () => {
    expect(problemsOf({ PORT: '70000', DELAY: '70000', TRIGGER: 'soon', QUIET: 'maybe' })).toEqual([
      'REDIS_URL must be set',
      'PORT must be a whole number from 0 to 65535; it is "70000"',
      expect.stringMatching(/^DELAY must be a duration .* at least 10 ms; it is "70000"$/),
      expect.stringMatching(/^TRIGGER must be "0", an interval/),
      'QUIET must be "true" or "false"; it is "maybe"',
      'PORT and DELAY are the same',
    ]);
  });

  test('puts them one a line into the message', () => {
    expect(() => parseEnv(shape, { PORT: '-1' })).toThrow(/2 problems:\n {2}- REDIS_URL .*\n {2}- PORT /);
  });

  test('has no problem with what is right', () => expect(problemsOf({ REDIS_URL: 'r' })).toEqual([]));
});
