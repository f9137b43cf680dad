import { type OpenTransaction, openTransactions } from '../broker/transactions.ts';
import type { Instance } from '../fleet/fleet.ts';
import { pauseFor } from '../run/progress.ts';
import type { World } from '../run/world.ts';

const LOOK_FOR_MS = 3_000;
/** After so long, what was on its way to the broker when a process froze has arrived. */
const SETTLED_AFTER_MS = 60;
/** Longer than a transaction of another instance takes. */
const STAYS_OPEN_MS = 250;

/** Asks again and again until some transaction is open at this moment. @returns whether one is */
export async function whenOpen(world: World): Promise<boolean> {
  const endMs = performance.now() + LOOK_FOR_MS;
  do if ((await ongoing(world, 'tidemark.')).length > 0) return true;
  while (performance.now() < endMs);
  return false;
}

/**
 * Freezes a process (SIGSTOP) while a transaction of its is open: frozen, it is looked at, and goes on if it has none.
 * @returns whether one is open now; the process is frozen either way
 */
export async function freezeWhenOpen(world: World, instance: Instance): Promise<boolean> {
  const endMs = performance.now() + LOOK_FOR_MS;
  for (;;) {
    world.fleet.signal(instance, 'SIGSTOP');
    if (await staysOpen(world, instance)) return true;
    if (performance.now() >= endMs) return false;
    world.fleet.signal(instance, 'SIGCONT');
    await pauseFor(1 + world.random(60), world.signal);
  }
}

/** A transaction of another instance of the same worker would be over in the meantime. */
async function staysOpen(world: World, { app }: Instance): Promise<boolean> {
  await pauseFor(SETTLED_AFTER_MS, world.signal);
  const first = await ongoing(world, `tidemark.${app}.`);
  if (first.length === 0) return false;
  await pauseFor(STAYS_OPEN_MS, world.signal);
  const second = new Set((await ongoing(world, `tidemark.${app}.`)).map(identity));
  return first.some((transaction) => second.has(identity(transaction)));
}

const identity = ({ transactionalId, startMs }: OpenTransaction) => `${transactionalId} ${startMs}`;

async function ongoing({ broker }: World, prefix: string): Promise<OpenTransaction[]> {
  const open = await openTransactions(broker).catch(() => []);
  return open.filter(({ transactionalId }) => transactionalId.startsWith(prefix));
}
