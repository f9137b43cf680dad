import type { Socket } from 'node:net';

/** How the way is now; shared by all connections. */
export interface WayState {
  delayMs: number;
  holds: boolean;
}

interface Waiting {
  /** null: the end. */
  readonly chunk: Buffer | null;
  readonly dueMs: number;
}

/**
 * Passes on what comes from one socket to the other: after the delay, in order, with the end behind the last byte.
 * @returns what is to be called when a hold is over
 */
export function forward(from: Socket, to: Socket, way: WayState): () => void {
  const queue: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  const pump = () => {
    clearTimeout(timer);
    while (!way.holds && queue.length > 0) {
      const waitMs = queue[0]!.dueMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(pump, Math.ceil(waitMs));
        return;
      }
      pass(queue.shift()!.chunk, from, to);
    }
  };
  const take = (chunk: Buffer | null) => {
    queue.push({ chunk, dueMs: performance.now() + way.delayMs });
    pump();
  };
  from.on('data', take);
  from.on('end', () => take(null));
  return pump;
}

function pass(chunk: Buffer | null, from: Socket, to: Socket): void {
  if (to.destroyed) return;
  if (chunk === null) {
    to.end();
    return;
  }
  if (to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
