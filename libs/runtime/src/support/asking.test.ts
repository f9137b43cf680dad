import { ManualClock, settle } from '@tidemark/stream';
import { Asking } from './asking.ts';

const options = { retryBackoffMs: 100, maxRetryBackoffMs: 5_000 };

let clock: ManualClock;
let told: string[];
let asked: PromiseWithResolvers<number>[];
let asking: Asking<number>;

beforeEach(async () => {
  clock = new ManualClock(0);
  [told, asked] = [[], []];
  const ask = () => {
    asked.push(Promise.withResolvers());
    return asked.at(-1)!.promise;
  };
  const onFailure = ({ message }: Error) => void told.push(message);
  asking = new Asking(ask, options, clock, { onAnswer: () => void told.push('answered'), onFailure });
  await settle();
});

afterEach(() => asking.close());

async function fail(pauseMs: number): Promise<void> {
  const times = asked.length;
  asked.at(-1)!.reject(new Error('away'));
  await settle();
  await clock.advanceAndSettle(pauseMs - 1);
  expect(asked).toHaveLength(times);
  await clock.advanceAndSettle(1);
  expect(asked).toHaveLength(times + 1);
}

test('is asked again, after pauses that grow, until there is an answer', async () => {
  for (const pauseMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) await fail(pauseMs);
  expect(asking.answer).toBeUndefined();
  asked.at(-1)!.resolve(7);
  await settle();
  expect(asking.answer).toBe(7);
  expect(told).toEqual([...Array<string>(8).fill('away'), 'answered']);
  await clock.advanceAndSettle(60_000);
  expect(asked).toHaveLength(9);
});

test.each([
  ['an answer', () => asked[0]!.resolve(7)],
  ['a failure', () => asked[0]!.reject(new Error('away'))],
])('whoever closes it is told of %s no more', async (_, come) => {
  asking.close();
  come();
  await clock.advanceAndSettle(60_000);
  expect(told).toEqual([]);
  expect(asking.answer).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('closing ends the pause', async () => {
  asked[0]!.reject(new Error('away'));
  await settle();
  asking.close();
  await clock.advanceAndSettle(60_000);
  expect(told).toEqual(['away']);
  expect(asked).toHaveLength(1);
});
