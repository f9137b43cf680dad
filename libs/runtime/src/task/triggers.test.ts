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

  it('fire at the next boundary of a clock that was set back', () => {
    const at = triggers(3_600_000);
    at.fired(3_600_001);
    at.fired(7);
    expect(at.nextMs(['a'])).toBe(10);
    expect([...at.due(10)]).toEqual(['a']);
    expect([...at.due(25)]).toEqual(['a', 'b']);
  });

  it('of a query without an interval never wake anyone', () => {
    expect(triggers(0).nextMs(['c'])).toBe(Infinity);
    expect(triggers(0).nextMs([])).toBe(Infinity);
    expect(triggers(0).nextMs(['c', 'b'])).toBe(25);
  });
});
