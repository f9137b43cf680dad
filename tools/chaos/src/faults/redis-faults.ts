import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '@tidemark/bench';
import type { RedisData } from '@tidemark/stack';
import { pauseFor } from '../run/progress.ts';
import type { World } from '../run/world.ts';
import type { Fault } from './fault.ts';
import { whenOpen } from './open-moment.ts';

const MOST_DOWN_MS = 2_000;

/** kill -9, and started again with that data. */
async function killRedis(world: World, data: RedisData): Promise<{ isOpen: boolean; what: string }> {
  const isOpen = await whenOpen(world);
  await world.redis.kill();
  const downMs = world.random(MOST_DOWN_MS);
  await pauseFor(downMs, world.signal);
  await world.redis.restart(data);
  return { isOpen, what: `down for ${downMs} ms` };
}

export const killRedisKeep: Fault = (world) => killRedis(world, 'kept');

export const killRedisEmpty: Fault = (world) => killRedis(world, 'empty');

/** All keys are gone while everybody is connected. */
export const flushRedis: Fault = async (world) => {
  const isOpen = await whenOpen(world);
  const args = ['-p', String(world.redis.port), 'FLUSHALL'];
  await runCommand({ command: 'redis-cli', args, signal: world.signal }, () => {});
  return { isOpen, what: 'emptied' };
};

/** Starts again with what it held some faults ago; what it holds now is kept for the next time. */
export const loadOldDump: Fault = async (world) => {
  const dump = dumpDir(world);
  if (!existsSync(dump)) saveDump(world);
  const outcome = await killRedis(world, { copiedTo: dump });
  rmSync(dump, { recursive: true, force: true });
  saveDump(world);
  return outcome;
};

/** Keeps a copy of what Redis holds now, for a later `loadOldDump`, unless there is one. */
export function keepDump(world: World): void {
  if (!existsSync(dumpDir(world))) saveDump(world);
}

function saveDump(world: World): void {
  world.redis.copyDataTo(dumpDir(world));
}

const dumpDir = ({ dir }: World) => join(dir, 'redis-dump');
