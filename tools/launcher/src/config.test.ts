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

test('without options: 100 sales, the rest as the producer has it', () => {
  expect(load('')).toEqual({ once: false, demo: { sales: 100, args: ['--events', '100'] } });
});

test('demo options are passed on to the producer as they are', () => {
  const args = ['--events', '300', '--rate', '100', '--seed', '7', '--bad-ratio', '0.1', '--behavior', 'none'];
  expect(load(`--once ${args.join(' ')}`)).toEqual({ once: true, demo: { sales: 300, args } });
});

test('0 events are without end', () => {
  expect(load('--events 0').demo).toEqual({ sales: Infinity, args: ['--events', '0'] });
});

test('--no-producer: nothing is sent, also once', () => {
  expect(load('--no-producer')).toEqual({ once: false, demo: undefined });
  expect(load('--no-producer --once')).toEqual({ once: true, demo: undefined });
});

test('names all problems at once', () => {
  const args = '--events -1 --rate fast --seed x --bad-ratio 2 --behavior some --verbose';
  const named = (problems(args, { KAFKA_BROKERS: 'nowhere' }) as string[]).map((problem) => problem.split(' ')[0]);
  expect(named.sort()).toEqual(
    ['--bad-ratio', '--behavior', '--events', '--rate', '--seed', '--verbose', 'KAFKA_BROKERS'].sort(),
  );
});

test('what contradicts itself is a problem', () => {
  expect(problems('--once --events 0')).toEqual([expect.stringContaining('--once would never end')]);
  expect(problems('--no-producer --rate 5')).toEqual(['--rate has no effect with --no-producer']);
});
