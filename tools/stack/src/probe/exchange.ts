import { connect } from 'node:net';

export type Address = { host: string; port: number };

/**
 * Sends `request` over a new connection and collects the reply until `isWhole` is content with it.
 * @returns undefined when nothing listens there, or when no whole reply came within `timeoutMs`
 */
export function exchange(
  { host, port }: Address,
  request: Buffer,
  isWhole: (reply: Buffer) => boolean,
  timeoutMs = 2_000,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let reply = Buffer.alloc(0);
    const finish = (result: Buffer | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(undefined), timeoutMs);
    socket.on('connect', () => socket.write(request));
    socket.on('error', () => finish(undefined));
    socket.on('close', () => finish(undefined));
    socket.on('data', (chunk) => {
      reply = Buffer.concat([reply, chunk]);
      if (isWhole(reply)) finish(reply);
    });
  });
}
