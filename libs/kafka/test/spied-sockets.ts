import net from 'node:net';
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Kafka's numbers for the kinds of requests that tests ask about. */
export const API_KEY = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  findCoordinator: 10,
  syncGroup: 14,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
} as const;

/** Where a request says of which kind it is. */
const API_KEY_AT = 4;

/** Plain sockets that tell the API key of every request after it was written. */
export function createSpiedSockets(onRequest: (apiKey: number, socket: Socket) => void): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = net.connect({ host, port }, onConnect);
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) => {
      const isFlushed = write(...args);
      onRequest((args[0] as Buffer).readInt16BE(API_KEY_AT), socket);
      return isFlushed;
    };
    return socket;
  };
}

/** From now on nothing that the broker answers on this socket arrives. */
export function swallowAnswers(socket: Socket): void {
  socket.removeAllListeners('data');
  socket.resume();
}
