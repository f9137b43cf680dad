import { createCommand } from './config.ts';

async function parse(...args: string[]): Promise<object | undefined> {
  let asked: object | undefined;
  const note = async (options: object) => void (asked = options);
  const command = createCommand({ pipeline: note, idle: note, client: note, latency: note, takeOver: note });
  for (const each of [command, ...command.commands]) each.configureOutput({ writeErr: () => {} });
  await command.parseAsync(args, { from: 'user' });
  return asked;
}

test('options have defaults', async () => {
  expect(await parse('pipeline')).toEqual({
    events: 1_000_000,
    warmUpEvents: 100_000,
    badRatio: 0,
    rounds: 1,
    seed: 1,
    variants: ['withProcessedData', 'withoutProcessedData'],
    profileDir: undefined,
    env: {},
  });
  expect(await parse('latency')).toEqual({ rate: 1_000, seconds: 60, profileDir: undefined, env: {} });
  expect(await parse('take-over')).toEqual({ rows: 100_000, rounds: 5, profileDir: undefined, env: {} });
  expect(await parse('idle', '--profile', 'x')).toEqual({ seconds: 120, profileDir: 'x', env: {} });
});

test('all measures are taken, or those that are named', async () => {
  const all = ['produce', 'keyed', 'transactions', 'read', 'parse', 'smallTransaction'];
  expect(await parse('client')).toEqual({ records: 1_000_000, rounds: 5, measures: all });
  expect(await parse('client', '--measure', 'read', '--measure', 'keyed', '--rounds', '1')).toMatchObject({
    measures: ['read', 'keyed'],
    rounds: 1,
  });
});

test('one variant can be chosen', async () => {
  const options = await parse('pipeline', '--variant', 'withoutProcessedData', '--events', '5', '--bad-ratio', '0.1');
  expect(options).toMatchObject({ variants: ['withoutProcessedData'], events: 5, badRatio: 0.1 });
});

test('variables for the workers add up', async () => {
  expect(await parse('idle', '--env', 'TRIGGER=1s', '--env', 'A_B=x=y')).toMatchObject({
    env: { TRIGGER: '1s', A_B: 'x=y' },
  });
});

test.each([
  [['pipeline', '--events', '0'], 'whole number'],
  [['pipeline', '--bad-ratio', '2'], 'from 0 to 1'],
  [['pipeline', '--variant', 'x'], 'Allowed choices'],
  [['idle', '--seconds', 'x'], 'whole number'],
  [['idle', '--env', 'x'], 'NAME=value'],
  [['client', '--rounds', '0'], 'whole number'],
  [['client', '--measure', 'speed'], 'It must be one of'],
  [['latency', '--rate', '0.5'], 'whole number'],
  [['nothing'], 'unknown command'],
])('%j is refused', async (args, message) => {
  await expect(parse(...args)).rejects.toThrow(message);
});
