import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { forward, type WayState } from './forward.ts';

/** A way to a server that can be made as bad as ways are. All of it holds for both directions. */
export interface TcpProxy {
  readonly port: number;
  /** Open connections. */
  readonly connections: number;
  /** Breaks each connection for which `chosen` says so. @returns how many that were */
  cut(chosen: () => boolean): number;
  /** Whether new connections are broken at once. */
  refuse(refuses: boolean): void;
  /** How long everything takes on its way, from now on; what is on its way stays in front. */
  delay(delayMs: number): void;
  /** Whether nothing arrives any more. What was sent meanwhile arrives, in order, when it is over. */
  hold(holds: boolean): void;
  /** Everything as it should be, from now on. */
  heal(): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Listens on `port` and connects everybody to `targetPort`, both on 127.0.0.1. */
export async function startTcpProxy(port: number, targetPort: number): Promise<TcpProxy> {
  const way: WayState = { delayMs: 0, holds: false };
  const pairs = new Set<readonly [Socket, Socket]>();
  const releases = new Set<() => void>();
  let refuses = false;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    if (refuses) return void client.resetAndDestroy();
    const upstream = connect({ port: targetPort, host: HOST, noDelay: true, allowHalfOpen: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const ways = [forward(client, upstream, way), forward(upstream, client, way)];
    const release = () => ways.forEach((resume) => resume());
    releases.add(release);
    const end = (isBroken: boolean) => {
      // One that ended well has its last bytes, and its end, still on their way to the other.
      if (isBroken) for (const socket of pair) socket.destroy();
      if (!pair.every(({ closed }) => closed)) return;
      pairs.delete(pair);
      releases.delete(release);
    };
    for (const socket of pair) socket.on('error', () => {}).on('close', end);
  });
  await once(server.listen(port, HOST), 'listening');
  const hold = (holds: boolean) => {
    way.holds = holds;
    if (!holds) for (const release of releases) release();
  };
  return {
    port,
    get connections() {
      return pairs.size;
    },
    cut(chosen) {
      const victims = [...pairs].filter(chosen);
      for (const pair of victims) for (const socket of pair) socket.resetAndDestroy();
      return victims.length;
    },
    refuse: (now) => void (refuses = now),
    delay: (delayMs) => void (way.delayMs = delayMs),
    hold,
    heal() {
      refuses = false;
      way.delayMs = 0;
      hold(false);
    },
    async close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
