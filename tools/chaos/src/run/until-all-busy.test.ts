import { APPS } from '../fleet/fleet.ts';
import { untilAllBusy } from './until-all-busy.ts';

/** Tasks of these workers are busy, one watch after another; the last answer comes again and again. */
function watching(...answers: readonly (readonly string[])[]) {
  const left = [...answers];
  return jest.fn(async () => {
    const apps = left.length > 1 ? left.shift()! : left[0]!;
    return { busy: apps.map((app) => `tidemark.${app}.x.changelog/0`), untilAllMove: async () => [] };
  });
}

test('all are busy at once', async () => {
  const [watch, stuck] = [watching(APPS), [] as string[]];
  expect((await untilAllBusy(watch, stuck))?.busy).toHaveLength(APPS.length);
  expect([stuck, watch.mock.calls.length]).toEqual([[], 1]);
});

test('who is busy a little later is waited for', async () => {
  const [watch, stuck] = [watching([], APPS.slice(1), APPS), [] as string[]];
  expect((await untilAllBusy(watch, stuck))?.busy).toHaveLength(APPS.length);
  expect([stuck, watch.mock.calls.length]).toEqual([[], 3]);
});

test.each([
  ['nobody is', [], APPS],
  ['one worker never is', APPS.slice(1), APPS.slice(0, 1)],
] as const)('%s', async (_, busy, idle) => {
  const stuck: string[] = [];
  expect(await untilAllBusy(watching(busy), stuck)).toBeUndefined();
  expect(stuck).toEqual(idle.map((app) => expect.stringMatching(`^${app}: no task of it is kept busy`)));
});
