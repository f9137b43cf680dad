import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import { defaultSocketFactory } from '../kafkajs/internals.ts';

/**
 * The sockets of one client, which can be closed for good. KafkaJS cannot: a consumer that is about to restart after
 * a crash does so although it was disconnected meanwhile, and a request without an answer holds up its connection's
 * end until it times out.
 */
export interface ClosableSockets {
  readonly factory: ISocketFactory;
  /** Ends all connections, and every later attempt. */
  shut(): void;
}

/** Part of the text of errors that come from closing; the log bridge knows it. */
export const CLOSED_ON_PURPOSE = 'closed by this client';

export function createClosableSockets(inner: ISocketFactory = defaultSocketFactory()): ClosableSockets {
  const open = new Set<Socket>();
  let isShut = false;
  // With an error: KafkaJS hears of that, and gives up what waits for an answer; of a mere close it does not.
  const end = (socket: Socket) => void socket.destroy(new Error(CLOSED_ON_PURPOSE));

  return {
    factory: (options) => {
      const socket = inner(options);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      if (isShut) end(socket);
      return socket;
    },
    shut() {
      isShut = true;
      open.forEach(end);
    },
  };
}
