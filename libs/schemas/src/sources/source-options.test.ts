import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Env } from '../config/parse-env.ts';
import { parseEnv } from '../config/parse-env.ts';
import { parseAssign, parseStartingOffsets } from './partition-json.ts';
import { selectsOneSource, sourceEnv, sourceOptions } from './source-options.ts';

const defaults = { subscribe: ['sales-events'], groupId: 'parser' };

function options(env: Env) {
  return sourceOptions(parseEnv(sourceEnv(defaults), env, [selectsOneSource]), defaults);
}

function problems(env: Env): readonly string[] {
  try {
    options(env);
  } catch (error) {
    if (error instanceof TidemarkError) return error.fields['problems'] as string[];
    throw error;
  }
  return [];
}

describe('source options', () => {
  test('have defaults', () => {
    expect(options({})).toEqual({
      subscribe: ['sales-events'],
      startingOffsets: 'earliest',
      sessionTimeoutMs: 30_000,
      requestTimeoutMs: 60_000,
      groupId: 'parser',
      offsetReset: 'earliest',
    });
  });

  test('can all be set', () => {
    const env = {
      SOURCE_SUBSCRIBE: 'user-events, system-events',
      SOURCE_STARTING_OFFSETS: '{"user-events":{"0":100,"1":-2,"2":-1}}',
      SOURCE_MAX_OFFSETS_PER_TRIGGER: '5000',
      SOURCE_MIN_PARTITIONS: '8',
      SOURCE_SESSION_TIMEOUT: '10s',
      SOURCE_REQUEST_TIMEOUT: '5s',
      SOURCE_GROUP_ID: 'mine',
      SOURCE_OFFSET_RESET: 'latest',
    };
    expect(options(env)).toEqual({
      subscribe: ['user-events', 'system-events'],
      startingOffsets: { 'user-events': { 0: 100, 1: -2, 2: -1 } },
      maxOffsetsPerTrigger: 5_000,
      minPartitions: 8,
      sessionTimeoutMs: 10_000,
      requestTimeoutMs: 5_000,
      groupId: 'mine',
      offsetReset: 'latest',
    });
  });

  test('a pattern or an assignment takes the place of the default topics', () => {
    expect(options({ SOURCE_SUBSCRIBE_PATTERN: 'sales-.*' })).toMatchObject({ subscribePattern: 'sales-.*' });
    expect(options({ SOURCE_SUBSCRIBE_PATTERN: 'sales-.*' }).subscribe).toBeUndefined();
    expect(options({ SOURCE_ASSIGN: '{"sales-events":[0,2]}' })).toMatchObject({ assign: { 'sales-events': [0, 2] } });
  });

  test('offsetReset is where to start when nothing else says so', () => {
    expect(options({ SOURCE_OFFSET_RESET: 'latest' }).startingOffsets).toBe('latest');
  });

  test('report every problem at once', () => {
    const found = problems({
      SOURCE_SUBSCRIBE: 'sales-events,,x',
      SOURCE_SUBSCRIBE_PATTERN: '(a+)+',
      SOURCE_ASSIGN: '{}',
      SOURCE_STARTING_OFFSETS: 'yesterday',
      SOURCE_MAX_OFFSETS_PER_TRIGGER: '0',
      SOURCE_MIN_PARTITIONS: 'two',
      SOURCE_SESSION_TIMEOUT: '1s',
      SOURCE_REQUEST_TIMEOUT: '60000',
      SOURCE_GROUP_ID: 'g'.repeat(250),
      SOURCE_OFFSET_RESET: 'none',
    });
    expect(found.map((problem) => problem.split(' ')[0])).toEqual([
      ...Object.keys(sourceEnv(defaults)),
      'SOURCE_SUBSCRIBE',
    ]);
    expect(found.at(-1)).toContain('exclude each other');
  });

  test.each(['tidemark.frontiers', 'a,a', 'bad name', '..'])('subscribe refuses "%s"', (names) => {
    expect(problems({ SOURCE_SUBSCRIBE: names })).toHaveLength(1);
  });
});

test.each(['{"a":[]}', '{"a":[0,0]}', '{"a":[-1]}', '{"a":[0.5]}', '{"a b":[0]}', '[0]', 'null', '{', ''])(
  'assign refuses %s',
  (text) => expect(parseAssign(text)).toBeUndefined(),
);

test.each([
  '{}',
  '{"a":{}}',
  '{"a":{"x":1}}',
  '{"a":{"01":1}}',
  '{"a":{"0":-3}}',
  '{"a":{"0":1.5}}',
  '{"a":100}',
  'none',
])('startingOffsets refuses %s', (text) => expect(parseStartingOffsets(text)).toBeUndefined());
