import type { Fault } from './fault.ts';
import { whenOpen } from './open-moment.ts';

/** The broker stops in its ordinary way and starts again. */
export const restartBroker: Fault = async (world) => {
  const isOpen = await whenOpen(world);
  await world.kafka.restart();
  return { isOpen, what: 'stopped' };
};

/** kill -9; the broker starts again on the data that it had. */
export const killBroker: Fault = async (world) => {
  const isOpen = await whenOpen(world);
  await world.kafka.kill();
  await world.kafka.restart();
  return { isOpen, what: 'killed' };
};
