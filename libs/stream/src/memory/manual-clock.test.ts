import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  it('stands still until it is moved', () => {
    const clock = new ManualClock(1_000);
    expect(clock.now()).toBe(1_000);
    clock.advance(250);
    expect(clock.now()).toBe(1_250);
  });

  it('runs due timers by time, then by the order in which they were set, each at its own time', () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name}@${clock.now()}`);
    clock.schedule(30, note('c'));
    clock.schedule(10, note('a'));
    clock.schedule(10, note('b'));
    clock.schedule(31, note('later'));
    clock.advance(30);
    expect(ran).toEqual(['a@10', 'b@10', 'c@30']);
    expect(clock.pending).toBe(1);
  });

  it('runs timers that timers set, when they are due as well', () => {
    const clock = new ManualClock();
    const ticks: number[] = [];
    const tick = () => {
      ticks.push(clock.now());
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);
    clock.advance(35);
    expect(ticks).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(35);
  });

  it('does not run what was cancelled, by another timer too', () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    const cancel = clock.schedule(20, () => ran.push('cancelled'));
    clock.schedule(10, cancel);
    clock.advance(100);
    expect(ran).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('lets what a timer started go on before the next one runs', async () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    clock.schedule(10, () => void Promise.resolve().then(() => ran.push('after first')));
    clock.schedule(20, () => void ran.push('second'));
    await clock.advanceAndSettle(20);
    expect(ran).toEqual(['after first', 'second']);
  });
});
