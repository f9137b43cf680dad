import { DEFAULT_RUNTIME_OPTIONS } from '../options.ts';
import type { TaskRunner } from '../task/task-runner.ts';
import { Drain, type DrainView } from './drain.ts';
import type { WorkerOptions } from './worker-options.ts';

const options = { ...DEFAULT_RUNTIME_OPTIONS, application: 'app', availableNow: true } as WorkerOptions;
const done = { hasEnded: true, error: undefined } as TaskRunner;
const running = { hasEnded: false, error: undefined } as TaskRunner;

/** Whether a drain has ended for each of these views, one after the other. */
async function endsFor(...views: readonly Partial<DrainView>[]): Promise<boolean[]> {
  let [now, hasEnded] = [{} as Partial<DrainView>, false];
  const none = { runners: [], member: undefined, isAssigned: true, isStopping: false, isReleasing: false };
  const drain = new Drain(() => ({ ...none, ...now }), () => (hasEnded = true), options); // prettier-ignore
  const ends: boolean[] = [];
  for (now of views) {
    drain.endIfDrained();
    await Promise.resolve();
    ends.push(hasEnded);
  }
  return ends;
}

test('a drain is over once the tasks are known and all of them are done', async () => {
  expect(await endsFor({ isAssigned: false }, { runners: [done, running] }, { runners: [done, done] })).toEqual([false, false, true]); // prettier-ignore
});

test('not while the last turn of a task is under way that has gone to another', async () => {
  expect(await endsFor({ runners: [done], isReleasing: true }, { runners: [done] })).toEqual([false, true]);
});
