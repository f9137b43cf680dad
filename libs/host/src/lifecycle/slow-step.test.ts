import { ManualClock, silentLogger } from '@tidemark/stream';
import { tellIfSlow } from './slow-step.ts';

function setUp() {
  const clock = new ManualClock();
  const told: object[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void told.push(fields) };
  return { clock, told, deps: { clock, logger } };
}

test('a step of a stop that takes long is told by its name, once, and is waited for', async () => {
  const { clock, told, deps } = setUp();
  const { promise, resolve } = Promise.withResolvers<string>();
  const step = tellIfSlow('leaving the group', promise, deps);
  await clock.advanceAndSettle(4_999);
  expect(told).toEqual([]);
  await clock.advanceAndSettle(60_000);
  expect(told).toEqual([{ step: 'leaving the group', afterMs: 5_000 }]);
  resolve('left');
  expect(await step).toBe('left');
});

test('nothing is told of one that is over soon, or fails', async () => {
  const { clock, told, deps } = setUp();
  expect(await tellIfSlow('a', Promise.resolve(1), deps)).toBe(1);
  await expect(tellIfSlow('b', Promise.reject(new Error('why')), deps)).rejects.toThrow('why');
  await clock.advanceAndSettle(60_000);
  expect(told).toEqual([]);
});
