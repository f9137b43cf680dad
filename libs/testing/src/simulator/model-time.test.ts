import { ModelTime } from './model-time.ts';

test('events happen at their time, those of one moment in the order in which they were scheduled', async () => {
  const time = new ModelTime(1_000);
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name} ${time.now()}`);
  for (const [name, delayMs] of [['c', 30], ['a', 10], ['b', 10], ['d', 30], ['late', 31]] as const) time.schedule(delayMs, note(name)); // prettier-ignore
  await time.runUntil(1_030);
  expect(seen).toEqual(['a 1010', 'b 1010', 'c 1030', 'd 1030']);
  expect([time.now(), time.events]).toEqual([1_030, 4]);
});

test('all that an event starts by itself is over before the next one', async () => {
  const time = new ModelTime(0);
  const seen: string[] = [];
  time.schedule(1, () => {
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => time.sleep(0))
      .then(() => seen.push('chain'));
  });
  time.schedule(2, () => void seen.push('next'));
  await time.runUntil(2);
  expect(seen).toEqual(['chain', 'next']);
});

test('what is cancelled does not happen', async () => {
  const time = new ModelTime(0);
  const seen: number[] = [];
  const cancels = [1, 2, 3, 4, 5].map((ms) => time.schedule(ms, () => void seen.push(ms)));
  cancels[1]!();
  cancels[4]!();
  await time.runUntil(10);
  expect(seen).toEqual([1, 3, 4]);
});
