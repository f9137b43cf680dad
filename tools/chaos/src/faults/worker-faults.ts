import { APPS, type Instance } from '../fleet/fleet.ts';
import { pauseFor } from '../run/progress.ts';
import type { World } from '../run/world.ts';
import type { Fault } from './fault.ts';
import { freezeWhenOpen, whenOpen } from './open-moment.ts';

/** Longer than the session time-out (6 s). */
const ZOMBIE_MS = 7_500;
/** Longer than the transaction time-out (10 s), too. */
const OLD_ZOMBIE_MS = 12_000;
const ZOMBIES_THAT_ARE_OLD = 4;

function choose({ fleet, random }: World): Instance {
  const ready = fleet.instances.filter(({ isReady }) => isReady);
  const from = ready.length > 0 ? ready : fleet.instances;
  return from[random(from.length)]!;
}

/** kill -9; the supervisor starts it again. */
export const killWorker: Fault = async (world) => {
  const instance = choose(world);
  const isOpen = await freezeWhenOpen(world, instance);
  instance.killed = true;
  world.fleet.signal(instance, 'SIGKILL');
  return { isOpen, what: instance.name };
};

/** Frozen until others have taken its tasks over, then it goes on as if nothing had been. */
export const zombieWorker: Fault = async (world) => {
  const instance = choose(world);
  const isOpen = await freezeWhenOpen(world, instance);
  const frozenMs = world.random(ZOMBIES_THAT_ARE_OLD) === 0 ? OLD_ZOMBIE_MS : ZOMBIE_MS;
  await pauseFor(frozenMs, world.signal);
  world.fleet.signal(instance, 'SIGCONT');
  return { isOpen, what: `${instance.name} for ${frozenMs} ms` };
};

/** Frozen for less than any time-out. */
export const freezeWorker: Fault = async (world) => {
  const instance = choose(world);
  const isOpen = await freezeWhenOpen(world, instance);
  const frozenMs = 500 + world.random(3_000);
  await pauseFor(frozenMs, world.signal);
  world.fleet.signal(instance, 'SIGCONT');
  return { isOpen, what: `${instance.name} for ${frozenMs} ms` };
};

/** A third instance joins, and leaves again in its ordinary way. */
export const joinWorker: Fault = async (world) => {
  const app = APPS[world.random(APPS.length)]!;
  const isOpen = await whenOpen(world);
  const instance = await world.fleet.start(app);
  await untilReady(world, instance);
  await pauseFor(1_000, world.signal);
  const end = await world.fleet.stop(instance);
  return { isOpen, what: `${instance.name}, which then ${end}` };
};

/** An instance leaves in its ordinary way, another one takes its place. */
export const leaveWorker: Fault = async (world) => {
  const instance = choose(world);
  const isOpen = await whenOpen(world);
  const end = await world.fleet.stop(instance);
  await world.fleet.start(instance.app);
  return { isOpen, what: `${instance.name} ${end}` };
};

const READY_WITHIN_MS = 30_000;

async function untilReady({ signal }: World, instance: Instance): Promise<void> {
  const endMs = performance.now() + READY_WITHIN_MS;
  while (!instance.isReady && performance.now() < endMs) await pauseFor(50, signal);
}
