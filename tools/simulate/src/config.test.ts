import { parseOptions } from './config.ts';

describe('npm run simulate', () => {
  it('runs a thousand seeds when nothing is said', () => {
    expect(parseOptions([])).toMatchObject({ kind: 'many', from: 1, seeds: 1_000 });
  });

  it('runs as many as are asked for, in no more processes than there are runs', () => {
    const argv = ['--seeds', '3', '--from', '100', '--jobs', '8'];
    expect(parseOptions(argv)).toEqual({ kind: 'many', from: 100, seeds: 3, jobs: 3 });
  });

  it('replays one seed', () => {
    expect(parseOptions(['--seed', '123', '--trace'])).toEqual({ kind: 'one', seed: 123, trace: true });
  });

  it.each([['--seeds', 'many'], ['--from', '-1'], ['--jobs', '1.5'], ['--fast']])('refuses %s %s', (...argv) => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => parseOptions(argv)).toThrow();
    write.mockRestore();
  });
});

describe('npm run simulate -- mutants', () => {
  it('hunts all of them, in 10,000 seeds at most', () => {
    expect(parseOptions(['mutants'])).toMatchObject({ kind: 'mutants', only: undefined, from: 1, seeds: 10_000 });
  });

  it('hunts those that are named', () => {
    const argv = ['mutants', '--only', 'own/', '--seeds', '50', '--jobs', '3'];
    expect(parseOptions(argv)).toEqual({ kind: 'mutants', only: 'own/', from: 1, seeds: 50, jobs: 3 });
  });
});
