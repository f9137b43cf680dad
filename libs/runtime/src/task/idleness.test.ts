import { Idleness } from './idleness.ts';

/** Observes `idleness`; of each input: `e` at its end, `r` at its end after records, `b` behind; as of `ageMs` ago. */
function observe(
  idleness: Idleness,
  inputs: Readonly<Record<string, 'e' | 'r' | 'b'>>,
  nowMs: number,
  ageMs = 0,
): string[] {
  const states = Object.entries(inputs);
  const withRecords = new Set(states.filter(([, state]) => state === 'r').map(([topic]) => topic));
  const views = states.map(([topic, state]) => [topic, { isAtEnd: state !== 'b', asOfMs: nowMs - ageMs }] as const);
  idleness.observe(new Map(views), withRecords, nowMs);
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

  it('as of what was heard: an answer of before the time-out was over says nothing of its end', () => {
    const idleness = new Idleness(40);
    observe(idleness, { a: 'e' }, 100);
    expect([observe(idleness, { a: 'e' }, 140, 5), idleness.nextMs()]).toEqual([[], 150]);
    expect([observe(idleness, { a: 'e' }, 150, 5), idleness.nextMs()]).toEqual([['a'], Infinity]);
  });

  it('not when nothing was heard of it for as long as the time-out, and then from the start', () => {
    const idleness = new Idleness(40_000);
    observe(idleness, { a: 'e', b: 'e' }, 100_000);
    expect(observe(idleness, { a: 'e', b: 'e' }, 150_000)).toEqual(['a', 'b']);
    expect(observe(idleness, { a: 'e', b: 'e' }, 190_000, 40_000)).toEqual(['a', 'b']);
    expect([observe(idleness, { a: 'e', b: 'e' }, 191_000, 41_000), idleness.nextMs()]).toEqual([[], 231_000]);
    expect(observe(idleness, { a: 'e', b: 'e' }, 230_000)).toEqual([]);
    expect(observe(idleness, { a: 'e', b: 'e' }, 231_000)).toEqual(['a', 'b']);
  });

  it('also with a time-out that is shorter than a broker takes to answer where nothing comes in', () => {
    const idleness = new Idleness(100);
    for (let nowMs = 0; nowMs < 1_000; nowMs += 250) observe(idleness, { a: 'e' }, nowMs, 700);
    expect(observe(idleness, { a: 'e' }, 1_000, 700)).toEqual(['a']);
  });

  it('by a clock that was set back no later than by one that is right', () => {
    const idleness = new Idleness(40);
    observe(idleness, { a: 'e' }, 1_000);
    expect([observe(idleness, { a: 'e' }, 100), idleness.nextMs()]).toEqual([[], 140]);
    expect(observe(idleness, { a: 'e' }, 140)).toEqual(['a']);
  });
});
