import { newNames } from './commands/savepoint.ts';
import { parseOptions } from './config.ts';

const parse = (...argv: string[]) => parseOptions(argv, {}).command;

describe('npm run savepoint', () => {
  it('copies some applications, or all of them', () => {
    expect(parse('savepoint', 'create', 'a', '--worker', 'x', 'y')).toEqual({ kind: 'create', name: 'a', applications: ['x', 'y'] }); // prettier-ignore
    expect(parse('savepoint', 'create', 'a', '--pipeline')).toEqual({ kind: 'create', name: 'a', applications: undefined }); // prettier-ignore
  });

  it('restores under new ids', () => {
    const [from, to] = ['old', 'new'];
    expect(parse('savepoint', 'restore', 'a', '--as', 'new', '--partials', '12')).toEqual({ kind: 'restore', name: 'a', as: [{ from: undefined, to }], partials: 12, yes: false }); // prettier-ignore
    expect(parse('savepoint', 'restore', 'a', '--as', 'old=new', 'x=y')).toEqual({ kind: 'restore', name: 'a', as: [{ from, to }, { from: 'x', to: 'y' }], yes: false }); // prettier-ignore
    expect(parse('savepoint', 'restore', 'a', '--as', 'new', '--yes')).toMatchObject({ yes: true });
  });

  it('compares two, or one with what is there', () => {
    expect(parse('savepoint', 'diff', 'a', 'b')).toEqual({ kind: 'diff', before: 'a', after: 'b' });
    expect(parse('savepoint', 'diff', 'a', '--of', 'x')).toEqual({ kind: 'diff', before: 'a', of: 'x' });
  });

  it.each([
    ['create', 'a'],
    ['create', 'a', '--worker', 'x', '--pipeline'],
    ['restore', 'a'],
    ['restore', 'a', '--as', 'b=c=d'],
    ['restore', 'a', '--as', 'b', '--partials', '0'],
    ['rename', 'a'],
  ])('refuses %s %s %s %s', (...argv) => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => parse('savepoint', ...argv)).toThrow();
    write.mockRestore();
  });
});

describe('npm run operate', () => {
  it('resets, moves positions and grows topics', () => {
    expect(parse('reset', 'a', '--yes')).toEqual({ kind: 'reset', application: 'a', yes: true });
    expect(parse('reset', 'a')).toMatchObject({ yes: false });
    expect(parse('reprocess', 'a', '--from', 'log-start')).toMatchObject({ application: 'a', from: 'log-start' });
    expect(parse('reprocess', 'a', '--from', '{"t":{"0":5}}')).toMatchObject({ from: { t: { 0: 5 } } });
    expect(parse('grow', 't', '--partitions', '6')).toEqual({ kind: 'grow', topic: 't', partitions: 6 });
    expect(parse('grow', 't')).toMatchObject({ partitions: undefined });
  });

  it.each([
    ['reprocess', 'a', '--from', 'yesterday'],
    ['reprocess', 'a', '--from', '{"t":{"0":-1}}'],
    ['reprocess', 'a', '--from', '{"t":[1]}'],
    ['reprocess', 'a', '--from', '[]'],
    ['grow', 't', '--partitions', '-1'],
    ['reprocess', 'a', '--to', 'b'],
  ])('refuses %s %s %s %s', (...argv) => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => parse(...argv)).toThrow();
    write.mockRestore();
  });
});

test('servers come from the environment', () => {
  const env = { KAFKA_BROKERS: 'a:1, b:2', REDIS_URL: 'redis://c:3' };
  expect(parseOptions(['savepoint', 'list'], env).servers).toEqual({
    brokers: ['a:1', 'b:2'],
    redisUrl: 'redis://c:3',
  });
  expect(() => parseOptions(['savepoint', 'list'], { KAFKA_BROKERS: 'nowhere' })).toThrow('TM_CONFIG_INVALID');
});

test('new ids fit the applications of a savepoint, each once', () => {
  const as = (...pairs: (readonly [string | undefined, string])[]) => pairs.map(([from, to]) => ({ from, to }));
  expect(newNames('s', ['a'], as([undefined, 'b']))).toEqual(new Map([['a', 'b']]));
  expect(newNames('s', ['a', 'c'], as(['c', 'd']))).toEqual(new Map([['c', 'd']]));
  expect(() => newNames('s', ['a', 'c'], as([undefined, 'd']))).toThrow(/TM_CONFIG_INVALID.*a=<new id> c=<new id>/);
  expect(() => newNames('s', ['a'], as(['b', 'd']))).toThrow('TM_CONFIG_INVALID');
  expect(() => newNames('s', ['a', 'c'], as(['a', 'd'], ['c', 'd']))).toThrow('TM_CONFIG_INVALID');
  expect(() => newNames('s', ['a'], as(['a', 'a']))).toThrow('TM_CONFIG_INVALID');
});
