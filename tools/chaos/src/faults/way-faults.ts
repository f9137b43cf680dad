import type { TcpProxy } from '../proxy/tcp-proxy.ts';
import { pauseFor } from '../run/progress.ts';
import type { World } from '../run/world.ts';
import type { Fault } from './fault.ts';
import { whenOpen } from './open-moment.ts';

type WhichWay = (world: World) => TcpProxy;
export const toKafka: WhichWay = ({ kafkaWay }) => kafkaWay;
export const toRedis: WhichWay = ({ redisWay }) => redisWay;

/** Some connections or all of them break; for a moment there may be no new ones. */
export const cutWay =
  (way: WhichWay): Fault =>
  async (world) => {
    const share = [25, 50, 100][world.random(3)]!;
    const refusedMs = world.random(2) === 0 ? 0 : world.random(3_000);
    const isOpen = await whenOpen(world);
    way(world).refuse(refusedMs > 0);
    // A fault that hits nobody is none.
    const count = way(world).cut(() => world.random(100) < share) || way(world).cut(() => true);
    await pauseFor(refusedMs, world.signal);
    way(world).heal();
    return { isOpen, what: `${count} connections, none new for ${refusedMs} ms` };
  };

/** Everything takes longer. */
export const delayWay =
  (way: WhichWay): Fault =>
  async (world) => {
    const delayMs = 20 + world.random(400);
    const isOpen = await whenOpen(world);
    way(world).delay(delayMs);
    await pauseFor(3_000 + world.random(3_000), world.signal);
    way(world).heal();
    return { isOpen, what: `by ${delayMs} ms each way` };
  };

/** Nothing arrives, for longer than the session time-out now and then; then all of it does. */
export const stallWay =
  (way: WhichWay): Fault =>
  async (world) => {
    const stalledMs = world.random(2) === 0 ? 7_000 : 1_000 + world.random(3_000);
    const isOpen = await whenOpen(world);
    way(world).hold(true);
    await pauseFor(stalledMs, world.signal);
    way(world).heal();
    return { isOpen, what: `for ${stalledMs} ms` };
  };
