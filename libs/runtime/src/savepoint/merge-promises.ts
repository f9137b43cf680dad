import { decodePartialsRecord, type LogRecord, type PromiseRecord, type WindowPromise } from '@tidemark/stream';
import { earliestTimes } from '../support/earliest-times.ts';
import type { InFlightRecord, SavepointTask } from './savepoint.ts';

type Promises = Readonly<Record<string, WindowPromise>>;

/**
 * The promises that hold for a task that takes over the rows of all merge tasks: what all of them have read.
 * @param tasks those that have begun, out of `of`
 */
export function earliestPromises(tasks: readonly SavepointTask[], of: number): Promises {
  // Some have not read anything: what is on its way to them may be for any window.
  if (tasks.length < of) return {};
  const all = tasks.map(({ position }) => position.promises);
  const promises: Record<string, WindowPromise> = {};
  for (const combineTask of Object.keys(all[0] ?? {})) {
    const said = all.map((each) => each[combineTask]);
    if (said.every((promise) => promise !== undefined)) {
      promises[combineTask] = { closedEndMs: earliestTimes(said.map(({ closedEndMs }) => closedEndMs)), done: false };
    }
  }
  return promises;
}

/** What each combine task had promised last at the cut: it will not say it again. */
export function lastPromises(
  tasks: readonly SavepointTask[],
  inFlight: readonly InFlightRecord[],
): readonly PromiseRecord[] {
  const last = new Map<number, PromiseRecord>();
  const add = (promise: PromiseRecord) => {
    const before = last.get(promise.combineTask);
    last.set(promise.combineTask, before === undefined ? promise : later(before, promise));
  };
  for (const { position } of tasks) {
    for (const [combineTask, { closedEndMs }] of Object.entries(position.promises)) {
      add({ combineTask: Number(combineTask), closedEndMs, done: false, fresh: [] });
    }
  }
  for (const record of inFlight) {
    const decoded = decodePartialsRecord(record as LogRecord);
    if (decoded.kind === 'promise') add({ ...decoded.promise, done: false });
  }
  return [...last.values()];
}

function later(a: PromiseRecord, b: PromiseRecord): PromiseRecord {
  const closedEndMs: Record<string, number> = { ...a.closedEndMs };
  for (const [query, endMs] of Object.entries(b.closedEndMs)) {
    closedEndMs[query] = Math.max(endMs, closedEndMs[query] ?? -Infinity);
  }
  return { ...a, closedEndMs, fresh: [...new Set([...a.fresh, ...b.fresh])] };
}
