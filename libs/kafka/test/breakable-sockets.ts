import net from 'node:net';
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Sockets that a test can cut off for good, as if the process that holds them had died. */
export interface BreakableSockets {
  readonly factory: ISocketFactory;
  /** Ends all connections without a word, and lets no new one come up. */
  cut(): void;
}

export function createBreakableSockets(): BreakableSockets {
  const open = new Set<Socket>();
  let isCut = false;
  return {
    factory: ({ host, port, onConnect }) => {
      const socket = net.connect({ host, port }, onConnect);
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      if (isCut) socket.destroy(new Error('cut off by the test'));
      return socket;
    },
    cut() {
      isCut = true;
      for (const socket of open) socket.destroy(new Error('cut off by the test'));
    },
  };
}
