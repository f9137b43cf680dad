import type { TidemarkError } from '@tidemark/schemas';
import { decodeFrontierEntry, type FrontierEntry, type LogRecord, NOTHING_SAID } from '@tidemark/stream';
import { unreadableRecord } from '../support/unreadable-record.ts';

/** A word as it is believed, and what is wrong with it as it was written. */
export interface ReadWord {
  readonly entry: FrontierEntry;
  readonly fault?: TidemarkError;
}

/**
 * What a record of the frontiers topic says. Of one that cannot be understood it is certain only that the task has spoken:
 * what it said before, such as that it is idle or done, may hold no more. So it counts as if it had said nothing yet, which
 * holds event time. The same goes for a task whose words were taken back: it was reset, and has another life before it.
 */
export function readWord(sourceTask: string, value: Buffer | null, record: LogRecord): ReadWord {
  const place = { partition: record.partition, offset: record.offset };
  if (value === null) return { entry: nothingSaid(sourceTask, place) };
  try {
    const entry = decodeFrontierEntry(sourceTask, value.toString(), place);
    if (isWord(entry)) return { entry };
    return { entry: nothingSaid(sourceTask, place), fault: notUnderstood(sourceTask, record) };
  } catch (cause) {
    return { entry: nothingSaid(sourceTask, place), fault: notUnderstood(sourceTask, record, cause) };
  }
}

function nothingSaid(sourceTask: string, place: FrontierEntry['place']): FrontierEntry {
  return { ...NOTHING_SAID, sourceTask, place, ends: {} };
}

/** Whether turns can reckon with it. */
function isWord({ frontierMs, idleUntilMs, sinceMs, restartedAt, ends }: FrontierEntry): boolean {
  const times: readonly unknown[] = [frontierMs, idleUntilMs, sinceMs];
  return (
    times.every((time) => time === null || Number.isFinite(time)) &&
    (restartedAt === null || areNumbers(restartedAt)) &&
    isObject(ends) &&
    Object.values(ends).every(areNumbers)
  );
}

function areNumbers(values: unknown): boolean {
  return isObject(values) && Object.values(values).every(Number.isFinite);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function notUnderstood(sourceTask: string, record: LogRecord, cause?: unknown): TidemarkError {
  const way =
    'It counts as not having spoken, and event time waits for it, until it says something that can be understood, as it does ' +
    'with its next commit (start it where it is down). If a newer release wrote this, update this worker; if something else ' +
    'writes to internal topics, forbid that';
  return unreadableRecord(record, `what ${sourceTask} says of event time`, way, cause);
}
