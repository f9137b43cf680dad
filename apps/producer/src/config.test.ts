import { TidemarkError } from '@tidemark/schemas';
import { loadConfig } from './config.ts';

const load = (args: string, env = {}) => loadConfig(args.split(' ').filter(Boolean), env);

function problems(args: string, env = {}): unknown {
  try {
    load(args, env);
  } catch (error) {
    if (error instanceof TidemarkError) return error.fields['problems'];
    throw error;
  }
  return [];
}

describe('the command line', () => {
  test('has defaults: 100 sales, one a second, as many behavior events', () => {
    expect(load('')).toEqual({
      brokers: ['127.0.0.1:9092'],
      sales: 100,
      behavior: 100,
      ratePerSecond: 1,
      seed: 1,
      first: 0,
      badRatio: 0,
      startTimeMs: undefined,
    });
  });

  test('sets everything', () => {
    const args =
      '--events 5 --rate 0.5 --seed 9 --first 40 --bad-ratio 0.25 --behavior 7 --start-time 2026-01-01T00:00:00.000Z --brokers a:1,b:2';
    expect(load(args, { KAFKA_BROKERS: 'c:3' })).toEqual({
      brokers: ['a:1', 'b:2'],
      sales: 5,
      behavior: 7,
      ratePerSecond: 0.5,
      seed: 9,
      first: 40,
      badRatio: 0.25,
      startTimeMs: 1_767_225_600_000,
    });
  });

  test('0 events are without end, and so is the behavior then', () => {
    expect(load('--events 0')).toMatchObject({ sales: Infinity, behavior: Infinity });
    expect(load('--events 0 --behavior 10')).toMatchObject({ sales: Infinity, behavior: 10 });
  });

  test.each(['--behavior 0', '--behavior none'])('%s: sales alone', (args) => {
    expect(load(args)).toMatchObject({ sales: 100, behavior: 0 });
  });

  test('takes the brokers from the environment', () => {
    expect(load('', { KAFKA_BROKERS: 'kafka:9092' }).brokers).toEqual(['kafka:9092']);
  });

  test('names all problems at once', () => {
    const args =
      '--events -1 --first -2 --rate fast --seed x --bad-ratio 2 --behavior some --start-time now --brokers nowhere --verbose';
    const named = (problems(args) as string[]).map((problem) => problem.split(' ')[0]);
    expect(named.sort()).toEqual(
      [
        '--bad-ratio',
        '--behavior',
        '--events',
        '--first',
        '--rate',
        '--seed',
        '--start-time',
        '--verbose',
        'KAFKA_BROKERS',
      ].sort(),
    );
  });

  test('bounds the behavior events per sale', () => {
    expect(problems('--events 10 --behavior 1000')).toEqual([]);
    expect(problems('--events 10 --behavior 1001')).toEqual(['--behavior must be at most 100 times --events']);
    expect(problems('--behavior 10001')).toHaveLength(1);
    expect(problems('--events 0 --behavior 1000000')).toEqual([]);
  });
});
