import type { Visit } from './visits.ts';
import type { World } from './world.ts';

/** Writes visits when their time comes, as clients outside of the pipeline do; ghosts in transactions that are aborted. */
export function feed(world: World, visits: readonly Visit[], ghosts: readonly Visit[]): void {
  for (const visit of visits) world.time.schedule(visit.fedAtMs, () => void write(world, visit, 'commit'));
  for (const ghost of ghosts) world.time.schedule(ghost.fedAtMs, () => void write(world, ghost, 'abort'));
}

/** Its sender has its own idea of who belongs together, or none. */
function keyOf({ id }: Visit): Buffer | null {
  return id % 2 === 0 ? null : Buffer.from(`sender-${id % 7}`);
}

/** Anybody may use it, and it looks like the key of an abort marker. */
const AWKWARD_KEY = Buffer.alloc(4);

async function write({ log, time }: World, visit: Visit, end: 'commit' | 'abort'): Promise<void> {
  const record = { value: JSON.stringify(visit) };
  if (visit.openMs === undefined) return log.append(visit.topic, visit.partition, [{ key: keyOf(visit), ...record }]);
  const producer = await log.producers.open(`feeder-${visit.id}`);
  const transaction = await producer.begin();
  const output = { topic: visit.topic, partition: visit.partition, key: AWKWARD_KEY, ...record };
  // Of what is aborted there is more than one record, so that one may slip through behind another.
  await transaction.send(end === 'abort' ? [output, output] : [output]);
  await time.sleep(visit.openMs);
  await transaction[end]();
}
