import { Idleness } from './idleness.ts';

/** Observes `idleness`; of each input: `e` at its end, `r` at its end after records, `b` behind. */
function observe(idleness: Idleness, inputs: Readonly<Record<string, 'e' | 'r' | 'b'>>, nowMs: number): string[] {
  const states = Object.entries(inputs);
  const withRecords = new Set(states.filter(([, state]) => state === 'r').map(([topic]) => topic));
  idleness.observe(new Map(states.map(([topic, state]) => [topic, state !== 'b'])), withRecords, nowMs);
  return [...idleness.idleInputs];
}

describe('an input is idle', () => {
  it('after the time-out at its end without a break', () => {
    const idleness = new Idleness(30);
    expect(idleness.nextMs()).toBe(Infinity);
    expect([observe(idleness, { a: 'e' }, 100), idleness.nextMs()]).toEqual([[], 130]);
    expect([observe(idleness, { a: 'e' }, 129), idleness.nextMs()]).toEqual([[], 130]);
    expect([observe(idleness, { a: 'e' }, 130), idleness.nextMs()]).toEqual([['a'], Infinity]);
    expect([observe(idleness, { a: 'b' }, 131), idleness.nextMs()]).toEqual([[], Infinity]);
    expect([observe(idleness, { a: 'e' }, 140), idleness.nextMs()]).toEqual([[], 170]);
  });

  it('not while its end is reached again and again', () => {
    const idleness = new Idleness(30);
    observe(idleness, { a: 'e' }, 100);
    expect([observe(idleness, { a: 'r' }, 135), idleness.nextMs()]).toEqual([[], 165]);
  });

  it('apart from others', () => {
    const idleness = new Idleness(30);
    observe(idleness, { a: 'e', b: 'b' }, 100);
    expect(observe(idleness, { a: 'e', b: 'b' }, 130)).toEqual(['a']);
    expect([observe(idleness, { a: 'e', b: 'r' }, 140), idleness.nextMs()]).toEqual([['a'], 170]);
  });

  it('not when another one has just had its first data after a pause', () => {
    const idleness = new Idleness(30);
    observe(idleness, { a: 'e', b: 'e' }, 100);
    expect(observe(idleness, { a: 'e', b: 'e' }, 130)).toEqual(['a', 'b']);
    expect(observe(idleness, { a: 'r', b: 'e' }, 140)).toEqual([]);
    expect(observe(idleness, { a: 'r', b: 'e' }, 169)).toEqual([]);
    expect(observe(idleness, { a: 'r', b: 'e' }, 170)).toEqual(['b']);
  });
});
