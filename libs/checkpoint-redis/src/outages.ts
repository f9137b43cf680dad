import type { Logger } from '@tidemark/stream';
import type { Redis } from 'ioredis';

/** Whether there is a connection, and since when there is none. */
export interface Outages {
  /** Resolves true once connected; false when the connection has been away for `unavailableAfterMs`. */
  ready(): Promise<boolean>;
  /** Why the last attempt to connect failed, as long as there is no connection. */
  reason(): Error | undefined;
  /** Stops logging: the connection ends on purpose. */
  stop(): void;
}

interface Outage {
  readonly sinceMs: number;
  readonly over: Promise<void>;
  readonly end: () => void;
  logged: boolean;
  reason?: Error;
}

function startOutage(): Outage {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { sinceMs: performance.now(), over: promise, end: resolve, logged: false };
}

/** Follows the client's events; logs each outage once when it starts and once when it ends, however many attempts fail. */
export function trackOutages(redis: Redis, address: string, logger: Logger, unavailableAfterMs: number): Outages {
  let outage: Outage | undefined = startOutage();
  let stopped = false;

  function onDown(error?: Error): void {
    outage ??= startOutage();
    if (error) outage.reason = error;
    if (outage.logged || stopped) return;
    outage.logged = true;
    logger.warn({ redis: address, err: error }, 'Redis is away; checkpoints wait, the state itself is safe in Kafka');
  }

  function onReady(): void {
    if (outage?.logged) {
      const outageMs = Math.round(performance.now() - outage.sinceMs);
      logger.info({ redis: address, outageMs }, 'Redis is back');
    }
    outage?.end();
    outage = undefined;
  }

  redis.on('error', onDown);
  redis.on('close', () => onDown());
  redis.on('ready', onReady);
  return {
    async ready() {
      if (outage === undefined) return true;
      return within(outage.over, outage.sinceMs + unavailableAfterMs - performance.now());
    },
    reason: () => outage?.reason,
    stop() {
      stopped = true;
    },
  };
}

/** Whether `promise` resolves within the time. */
async function within(promise: Promise<void>, timeoutMs: number): Promise<boolean> {
  if (timeoutMs <= 0) return false;
  const { promise: expired, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, timeoutMs, false);
  try {
    return await Promise.race([promise.then(() => true), expired]);
  } finally {
    clearTimeout(timer);
  }
}
