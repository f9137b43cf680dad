import { eventually } from '../src/eventually.ts';
import { operate } from '../src/operate.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';
import { FED, feed, feedAll, numbers, parsedOf, PARTITIONS, type Running, untilParsed } from './fail-stop-running.ts';

/** What has happened to a worker. */
export interface Incident {
  /** The process that tells. */
  readonly victim: WorkerProcess;
  readonly told: string;
  /** Undoes what happened, once. */
  undo(): Promise<void>;
}

/** Takes the way out that was told. @throws Error unless the worker is well after it, and what comes out is right */
export type WayOut = (running: Running, incident: Incident) => Promise<void>;

/** Of partition 0: what the truncation leaves, and where it ends. */
export const LEFT = { from: FED + 15, to: FED + 20 };
/** Sales that are fed when all is well again. */
const MORE = 3;

/** The input was truncated: goes on with what is there, and tells what is given up. */
export const reprocess: WayOut = async (running, { victim, told }) => {
  await stop(victim);
  const read = (await parsedOf(running, 0)).length;
  const lost = LEFT.from - read;
  expect(await operate(running, ...commandIn(told))).toEqual([
    `parse/0 of ${running.topic}: from ${read} to ${LEFT.from}, ${lost} offsets given up`,
    `1 positions moved, at most ${lost} records given up`,
  ]);
  const next = running.start();
  await feed(running, 0, LEFT.to, LEFT.to + MORE);
  await untilParsed(running, 0, [...numbers(0, read), ...numbers(LEFT.from, LEFT.to + MORE)]);
  await untilWell(next);
};

/** The numbers of the sales that the input which was made anew holds. */
export const ANEW = { from: 100, to: 100 + FED };

/** The input is another one: begins with it as at a first start. */
export const reset: WayOut = async (running, { victim, told }) => {
  await stop(victim);
  expect(await operate(running, ...commandIn(told))).toEqual([
    `${running.application} has no state any more: ${PARTITIONS} tasks, topics tidemark.${running.application}.parse.changelog`,
  ]);
  const next = running.start();
  await feedAll(running, ANEW.to, ANEW.to + MORE);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await untilParsed(running, partition, [...numbers(0, FED), ...numbers(ANEW.from, ANEW.to + MORE)]);
  }
  await untilWell(next);
};

/** A foreign transaction is aborted: the task goes on by itself, and reads nothing of what was aborted. */
export const abort: WayOut = async (running, { victim, undo }) => {
  await feed(running, 0, FED, FED + MORE);
  await undo();
  await untilParsed(running, 0, numbers(0, FED + MORE));
  await untilWell(victim);
  expect(sumOf(await victim.metrics(), 'tidemark_records_total', { outcome: 'error' })).toBe(0);
};

async function stop(worker: WorkerProcess): Promise<void> {
  worker.signal('SIGTERM');
  expect(await worker.ended).toBe('exit 0');
}

/** What comes after `npm run operate --` in a text, word by word. @throws Error when no command is in it */
function commandIn(told: string): string[] {
  const command = /npm run operate -- (\w+ \S+ --(?:yes|from [a-z-]+))/.exec(told)?.[1];
  if (command === undefined) throw new Error(`no command in: ${told}`);
  return command.split(' ');
}

async function untilWell(worker: WorkerProcess): Promise<void> {
  await worker.ready();
  await eventually('/livez is well', async () => expect(await worker.complaint()).toBe(''));
}
