import { setTimeout as pause } from 'node:timers/promises';
import { hasOpenTransaction, listTopics } from '../kcat/topics.ts';
import type { StartedName, WorkerProcess } from './worker-process.ts';

/** Topics of the catalogue that only this worker writes, beside its internal ones. */
const RESULTS: Readonly<Record<StartedName, readonly string[]>> = {
  parser: ['processed-events', 'processed-data'],
  'region-aggregator': ['sales-summary'],
  'window-aggregator': ['window-sales'],
  recommender: ['user-interests', 'recommendations'],
  'error-router': ['dead-letters'],
  versioned: ['sales-summary'],
};

const LOOKS = 200;
const LONGEST_PAUSE_MS = 40;
/** Well below the session time-out of a group. */
const FROZEN_MS = 1_000;

/** Partition count by topic, of those that this worker alone writes. */
export async function topicsOf(broker: string, name: StartedName): Promise<Map<string, number>> {
  const topics = [...(await listTopics(broker))];
  return new Map(topics.filter(([topic]) => topic.startsWith(`tidemark.${name}.`) || RESULTS[name].includes(topic)));
}

/**
 * Kills a worker (SIGKILL) at a moment when a transaction of its is open: it is frozen, looked at through its topics,
 * and goes on if there is none.
 * @throws Error when none was open however often one looked, or when it has ended before
 */
export async function killInTransaction(broker: string, worker: WorkerProcess): Promise<void> {
  const topics = await topicsOf(broker, worker.name);
  for (let look = 0; look < LOOKS; look++) {
    worker.assertRuns();
    worker.signal('SIGSTOP');
    if (await staysOpen(broker, topics)) {
      worker.signal('SIGKILL');
      return void (await worker.ended);
    }
    worker.signal('SIGCONT');
    await pause(1 + ((look * 7) % LONGEST_PAUSE_MS));
  }
  throw new Error(`${worker.name} had no open transaction in any of ${LOOKS} looks`);
}

/** Looks until what was on its way to the broker when the worker froze, a commit for instance, has surely arrived. */
async function staysOpen(broker: string, topics: ReadonlyMap<string, number>): Promise<boolean> {
  const endMs = performance.now() + FROZEN_MS;
  while (await hasOpenTransaction(broker, topics)) if (performance.now() > endMs) return true;
  return false;
}
