import { type InputLoss, readPartitions } from './parameters.ts';
import type { Slot, Supervisor } from './supervisor.ts';
import type { World } from './world.ts';

const CODES = new Set(['TM_OFFSET_OUT_OF_RANGE', 'TM_TOPIC_GONE', 'TM_TOPIC_RECREATED']);

/** Takes away input that was not read yet, while its reader is down or stands still. Who has lost any must stop. */
export async function loseInput(world: World, supervisor: Supervisor, loss: InputLoss): Promise<void> {
  const readers = positionsOfReaders(world);
  const [victim] = [...readers].filter(([, { offset }]) => offset > 0);
  if (victim === undefined) return;
  const all = loss.how === 'recreated' ? [...readers].filter(([, { offset }]) => offset > 0) : [victim];
  const { lost, log } = world;
  const ends = await log.admin.logEnds('visits');
  for (const [id, { partition, offset }] of all) lost.set(id, { offset, end: ends[partition]!.highWatermark });
  // Who had read nothing yet has lost nothing; that its topic was gone for a moment may stop it as well.
  supervisor.doom(new Set(loss.how === 'recreated' ? readers.keys() : lost.keys()));
  const slots = supervisor.slots.filter(({ topology }) => victim[0].startsWith(`${topology.worker}/`));
  takeDown(supervisor, slots, loss);
  world.trace.note(`${loss.how} ${[...lost.keys()]}`);
  if (loss.how === 'truncated') truncate(world, victim[1].partition);
  else await recreate(world);
  for (const slot of slots) supervisor.thaw(slot);
}

/** The tasks that read the visits. */
function positionsOfReaders({ parameters, history }: World) {
  const read = new Set(readPartitions(parameters));
  const readers = new Map<string, { readonly partition: number; readonly offset: number }>();
  for (const [id, { partition, last }] of history.tasks) {
    const offset = last?.inputs['visits'];
    if (offset !== undefined && read.has(partition)) readers.set(id, { partition, offset });
  }
  return readers;
}

function takeDown(supervisor: Supervisor, slots: readonly Slot[], loss: InputLoss): void {
  for (const slot of slots) {
    if (loss.while === 'down') supervisor.kill(slot);
    else supervisor.freeze(slot);
  }
}

function truncate({ log }: World, partition: number): void {
  const unread = Array.from({ length: 3 }, () => ({ value: 'gone before it was read' }));
  log.append('visits', partition, unread);
  log.truncate('visits', partition, Number.MAX_SAFE_INTEGER);
}

async function recreate({ log, parameters }: World): Promise<void> {
  log.deleteTopic('visits');
  await log.admin.createTopics([{ topic: 'visits', partitions: parameters.partitions.visits, config: {} }]);
}

/** Each has stopped with a code that says why, and where it stood. */
export function checkLoss({ history, violations, lost }: World, { stopped }: Supervisor): void {
  for (const [id, { offset, end }] of lost) {
    const code = stopped.get(id);
    if (code !== undefined && !CODES.has(code)) violations.push(`lost input: ${id} stopped with ${code}`);
    const now = history.tasks.get(id)!.last!.inputs['visits']!;
    if (now < offset || now > end)
      violations.push(`lost input: ${id} went on from ${offset} to ${now}, past what it has lost`);
  }
}
