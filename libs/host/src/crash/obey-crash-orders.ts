import type { CrashHook } from '@tidemark/runtime';
import type { Logger } from '@tidemark/stream';
import { type CrashKind, type CrashOrder, crashOrderText } from './crash-order.ts';

/** What is logged of an order when it is obeyed; whoever gave the orders waits for it. */
export const CRASH_POINT_MESSAGE = 'crash point reached';

export interface CrashDeps {
  readonly logger: Logger;
  /** Sends this process a signal; returns after a stop, once the process goes on. */
  readonly signal: (name: 'SIGKILL' | 'SIGSTOP') => void;
}

/** Obeys orders one after another, each once: the next one counts from when the one before it was obeyed. */
export function obeyCrashOrders(orders: readonly CrashOrder[], { logger, signal }: CrashDeps): CrashHook {
  const left = [...orders];
  let reached = 0;
  return async (point, task, call) => {
    const order = left[0];
    if (order === undefined || order.point !== point || !isOfStage(order, task)) return call();
    reached += 1;
    if (reached < order.occurrence) return call();
    left.shift();
    reached = 0;
    return obey(order.kind, call, () => {
      logger.warn({ crashPoint: crashOrderText(order), task }, CRASH_POINT_MESSAGE);
      const name = signalOf(order.kind);
      if (name !== undefined) signal(name);
    });
  };
}

/** @param act tells of the order and sends the signal that it asks for */
async function obey<T>(kind: CrashKind, call: () => Promise<T>, act: () => void): Promise<T> {
  const isAfter = kind === 'kill-after' || kind === 'stop-after' || kind === 'lost-reply';
  if (!isAfter) act();
  if (kind === 'throw') throw new Error('failed before it was sent, as the test ordered');
  const result = await call();
  if (isAfter) act();
  if (kind === 'lost-reply') throw new Error('no reply within the time-out, as the test ordered');
  return result;
}

function signalOf(kind: CrashKind): 'SIGKILL' | 'SIGSTOP' | undefined {
  if (kind.startsWith('kill')) return 'SIGKILL';
  return kind.startsWith('stop') ? 'SIGSTOP' : undefined;
}

function isOfStage({ stage }: CrashOrder, task: string): boolean {
  return stage === undefined || task.split('/')[1] === stage;
}
