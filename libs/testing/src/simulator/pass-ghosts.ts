import { readSources } from './parameters.ts';
import type { World } from './world.ts';

/** So many of them in the time within which positions have to be committed. */
const PER_INTERVAL = 4;
/** How many such times it goes on. */
const INTERVALS = 4;
/**
 * After how many of them a position has to be committed. Who has slept while its task was another's may hear of that by the first commit
 * alone: it takes the task over again, and waits as long once more.
 */
const DUE_INTERVALS = 2;
/** A fetch, a turn and a commit take no longer where nothing goes wrong. */
const SLACK_MS = 5_000;

/**
 * For a while nothing comes but records that are aborted. No turn is worth a commit then, and yet each position has to be
 * committed in time: what lies before it is dropped some day, and who took over from an old one would miss it.
 */
export async function passGhosts(world: World): Promise<void> {
  const { time, parameters } = world;
  const stepMs = Math.ceil(parameters.quietCommitIntervalMs / PER_INTERVAL);
  const steps = PER_INTERVAL * INTERVALS + Math.ceil(SLACK_MS / stepMs);
  const ends: { readonly atMs: number; readonly ends: ReadonlyMap<string, number> }[] = [];
  for (let step = 0; step < steps; step += 1) {
    for (const source of readSources(parameters)) await writeGhost(world, source);
    ends.push({ atMs: time.now(), ends: await endsOf(world) });
    await time.runUntil(time.now() + stepMs);
    const dueMs = time.now() - DUE_INTERVALS * parameters.quietCommitIntervalMs - SLACK_MS;
    const due = ends.findLast(({ atMs }) => atMs <= dueMs);
    if (due !== undefined) checkCommitted(world, due.ends);
  }
}

async function writeGhost({ log }: World, source: string): Promise<void> {
  const [topic, partition] = source.split('/');
  const producer = await log.producers.open(`last-ghost-${source}`);
  const transaction = await producer.begin();
  await transaction.send([{ topic: topic!, partition: Number(partition), key: null, value: 'nobody sees it' }]);
  await transaction.abort();
}

async function endsOf({ log, parameters }: World): Promise<ReadonlyMap<string, number>> {
  const ends = new Map<string, number>();
  for (const topic of new Set(readSources(parameters).map((source) => source.split('/')[0]!))) {
    for (const [partition, { highWatermark }] of (await log.admin.logEnds(topic)).entries()) {
      ends.set(`${topic}/${partition}`, highWatermark);
    }
  }
  return ends;
}

function checkCommitted({ history, violations }: World, ends: ReadonlyMap<string, number>): void {
  for (const [id, { partition, last }] of history.tasks) {
    for (const [topic, offset] of Object.entries(last?.inputs ?? {})) {
      const end = ends.get(`${topic}/${partition}`);
      if (end === undefined || offset >= end || violations.length > 0) continue;
      violations.push(`${id} has read ${topic} up to ${end} long ago, and its committed position is still ${offset}`);
    }
  }
}
