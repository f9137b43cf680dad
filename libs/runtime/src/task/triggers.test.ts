import { Idleness } from './idleness.ts';
import { Triggers } from './triggers.ts';

describe('Triggers', () => {
  const triggers = (nowMs: number) =>
    new Triggers([{ query: 'a', everyMs: 10 }, { query: 'b', everyMs: 25 }, { query: 'c', everyMs: 0 }], nowMs); // prettier-ignore

  it('are due at multiples of their interval, not at intervals from the start', () => {
    const at = triggers(7);
    expect([...at.due(9)]).toEqual([]);
    expect([...at.due(10)]).toEqual(['a']);
    expect([...at.due(25)]).toEqual(['a', 'b']);
  });

  it('that began exactly at a boundary wait for the next one', () => {
    expect([...triggers(10).due(19)]).toEqual([]);
    expect([...triggers(10).due(20)]).toEqual(['a']);
  });

  it('stay due until they have fired, and skip the boundaries that were missed', () => {
    const at = triggers(0);
    expect([...at.due(47)]).toEqual(['a', 'b']);
    expect([...at.due(47)]).toEqual(['a', 'b']);
    at.fired(47);
    expect([...at.due(49)]).toEqual([]);
    expect(at.nextMs(['a', 'b'])).toBe(50);
  });

  it('do not fire for a time before the one that was asked about', () => {
    const at = triggers(0);
    at.fired(9);
    expect([...at.due(10)]).toEqual(['a']);
  });

  it('of a query without an interval never wake anyone', () => {
    expect(triggers(0).nextMs(['c'])).toBe(Infinity);
    expect(triggers(0).nextMs([])).toBe(Infinity);
    expect(triggers(0).nextMs(['c', 'b'])).toBe(25);
  });
});

describe('Idleness', () => {
  it('begins after the time-out at the end without a break', () => {
    const idleness = new Idleness(30);
    expect(idleness.idleAtMs()).toBeUndefined();
    idleness.observe(true, false, 100);
    expect([idleness.isIdle(129), idleness.isIdle(130), idleness.idleAtMs()]).toEqual([false, true, 130]);
    idleness.observe(true, false, 120);
    expect(idleness.idleAtMs()).toBe(130);
    idleness.observe(false, false, 131);
    expect([idleness.isIdle(131), idleness.idleAtMs()]).toEqual([false, undefined]);
    idleness.observe(true, false, 140);
    expect([idleness.isIdle(169), idleness.isIdle(170)]).toEqual([false, true]);
    // Data that came and was read in the same turn: at the end as before, but not idle.
    idleness.observe(true, true, 175);
    expect([idleness.isIdle(175), idleness.idleAtMs()]).toEqual([false, 205]);
  });
});
