import { createCleanup } from './cleanup.ts';

test('undoes the last first, once, also after a failure', async () => {
  const [done, errors] = [[] as string[], [] as string[]];
  const cleanup = createCleanup((what, error) => void errors.push(`${what}: ${(error as Error).message}`));
  const step = (what: string, outcome: () => boolean) =>
    cleanup.add(what, async () => {
      done.push(what);
      return outcome();
    });
  step('stack', () => true);
  step('workers', () => {
    throw new Error('no');
  });
  step('producer', () => true);
  expect([await cleanup.run(), await cleanup.run()]).toEqual([false, true]);
  expect(done).toEqual(['producer', 'workers', 'stack']);
  expect(errors).toEqual(['workers: no']);
});

test('says when something did not end in order', async () => {
  const cleanup = createCleanup(() => {});
  cleanup.add('stack', async () => true);
  cleanup.add('workers', async () => false);
  expect(await cleanup.run()).toBe(false);
});
