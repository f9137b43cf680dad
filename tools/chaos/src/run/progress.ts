import { waitUntil } from '@tidemark/stack';
import { type StableOffsets, stableOffsets } from '../broker/stable-offsets.ts';
import { openTransactions } from '../broker/transactions.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 200;

/** What the pipeline has committed, seen from the broker. */
export interface ProgressWatch {
  /** Partitions of changelogs that move all the time under the load. */
  readonly busy: readonly string[];
  /** Waits until each of them has moved. @returns those that have not within the time */
  untilAllMove(withinMs: number): Promise<readonly string[]>;
}

/** Partitions of all topics. */
export async function allPartitions({ client }: Pick<World, 'client'>): Promise<ReadonlyMap<string, number>> {
  return client.admin.partitionCounts(await client.admin.listTopics());
}

/** A commit adds at least a position and a marker; one that is due to time alone comes every ten seconds. */
const BUSY_OFFSETS = 8;

/** Watches for a while which tasks the load keeps busy. */
export async function watchProgress(world: World, watchForMs: number): Promise<ProgressWatch> {
  const partitions = new Map([...(await allPartitions(world))].filter(([topic]) => topic.endsWith('.changelog')));
  const offsets = () => offsetsOf(world, partitions);
  const before = await offsets();
  await pauseFor(watchForMs, world.signal);
  const after = await offsets();
  const busy = [...after.keys()].filter((name) => after.get(name)! - (before.get(name) ?? 0) >= BUSY_OFFSETS);
  return {
    busy,
    async untilAllMove(withinMs) {
      const from = await offsets();
      let still: readonly string[] = busy;
      const look = async () => {
        world.signal.throwIfAborted();
        const now = await offsets();
        still = still.filter((name) => now.get(name)! <= from.get(name)!);
        return still.length === 0 ? true : undefined;
      };
      await waitUntil(look, { deadlineMs: withinMs, everyMs: LOOK_EVERY_MS });
      return still;
    },
  };
}

/** A broker that is just coming back is asked again. */
async function offsetsOf(world: World, partitions: ReadonlyMap<string, number>): Promise<StableOffsets> {
  const offsets = await waitUntil(() => stableOffsets(world.broker, partitions).catch(() => undefined), {
    deadlineMs: 60_000,
    everyMs: LOOK_EVERY_MS,
  });
  if (offsets === undefined) throw new Error('the broker does not tell its offsets for a minute');
  return offsets;
}

/** Longer than read positions without any effect stay uncommitted, and than several emissions. */
const QUIET_FOR_MS = 12_500;
const REPORTS = 'tidemark.progress';

/** Waits until nothing is committed any more and no transaction is open. @returns whether that came in time */
export async function untilQuiet(world: World, withinMs: number): Promise<boolean> {
  const partitions = new Map([...(await allPartitions(world))].filter(([topic]) => topic !== REPORTS));
  let last = '';
  let sinceMs = performance.now();
  const look = async () => {
    world.signal.throwIfAborted();
    const [offsets, open] = await Promise.all([offsetsOf(world, partitions), openTransactions(world.broker)]);
    const now = JSON.stringify([...offsets]);
    if (now !== last || open.length > 0) sinceMs = performance.now();
    last = now;
    return performance.now() - sinceMs >= QUIET_FOR_MS ? true : undefined;
  };
  return (await waitUntil(look, { deadlineMs: withinMs, everyMs: LOOK_EVERY_MS })) === true;
}

/** Lets time pass. @throws the signal's reason as soon as it is aborted */
export async function pauseFor(delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
  signal.throwIfAborted();
}
