import { TidemarkError } from '@tidemark/schemas';
import { Redis, ReplyError } from 'ioredis';
import type { ResolvedOptions } from './options.ts';
import { trackOutages } from './outages.ts';
import { parseRedisUrl } from './redis-url.ts';
import { defineScripts, type ScriptedRedis } from './scripts.ts';

/** A connection that heals itself; commands either get their answer or fail soon. */
export interface RedisConnection {
  /** host:port/db, for messages. */
  readonly address: string;
  readonly db: number;
  /**
   * Runs a command.
   * @param what the operation, for the message of the error
   * @throws TidemarkError TM_REDIS_UNREACHABLE without a (timely) answer, TM_REDIS_FAILED when the answer is an error
   */
  run<T>(what: string, command: (redis: ScriptedRedis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Starts to connect, in the background. */
export function connect(options: ResolvedOptions): RedisConnection {
  const target = { ...parseRedisUrl(options.url), ...given(options) };
  const address = `${target.host}:${target.port}/${target.db}`;
  const redis = defineScripts(new Redis({ ...target, ...failFast(options) }));
  const outages = trackOutages(redis, address, options.logger, options.unavailableAfterMs);
  return {
    address,
    db: target.db,
    async run(what, command) {
      if (!(await outages.ready())) throw unreachable(what, address, outages.reason());
      return command(redis).catch((error: unknown) => {
        if (isTimeout(error)) redis.disconnect(true);
        throw translate(error, what, address);
      });
    },
    async close() {
      if (redis.status === 'end') return;
      outages.stop();
      // QUIT lets running commands end; without a connection there are none.
      const hasQuit = redis.status === 'ready' && (await redis.quit().catch(() => undefined)) === 'OK';
      if (!hasQuit) redis.disconnect();
    },
  };
}

function given({ db, username, password }: ResolvedOptions) {
  return {
    ...(db !== undefined && { db }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

/**
 * Nothing is queued while Redis is away and nothing is sent twice: the caller knows what is still to be written, and a
 * queue of old deltas would only grow.
 */
function failFast({ commandTimeoutMs, maxReconnectDelayMs }: ResolvedOptions) {
  return {
    enableOfflineQueue: false,
    // It would tell the server its version, from a file that an app of one file does not have beside it.
    disableClientInfo: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // How long a socket that was ended may stay half open.
    disconnectTimeout: 200,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 16), maxReconnectDelayMs),
    // After a failover the old primary answers READONLY until the connection is made anew.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
}

function translate(error: unknown, what: string, address: string): TidemarkError {
  if (!isReply(error)) return unreachable(what, address, error);
  return new TidemarkError('TM_REDIS_FAILED', `${what} at ${address}: ${error.message}`, {
    cause: error,
    fields: { redis: address },
  });
}

/** A server that hangs keeps its connections: every later command would wait for the same dead socket. */
const isTimeout = (error: unknown) => error instanceof Error && error.message === 'Command timed out';

/** ioredis types its ReplyError as anything. */
const isReply = (error: unknown): error is Error => error instanceof ReplyError;

function unreachable(what: string, address: string, cause?: unknown): TidemarkError {
  const reason = cause instanceof Error ? cause.message : 'no connection yet';
  const message = `${what} at ${address} (${reason}): start Redis, or correct REDIS_URL; it is tried again by itself`;
  return new TidemarkError('TM_REDIS_UNREACHABLE', message, { cause, fields: { redis: address } });
}
