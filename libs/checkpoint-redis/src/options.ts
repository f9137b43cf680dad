import { silentLogger, type Logger } from '@tidemark/stream';

export interface RedisCheckpointOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string;
  /** The application; part of every key. */
  readonly namespace: string;
  /** Default: none. */
  readonly logger?: Logger;
  /** Database; before the one in the URL. */
  readonly db?: number;
  readonly username?: string;
  readonly password?: string;
  /** How long a command may take until it fails and the connection is made anew. Default 2,000. */
  readonly commandTimeoutMs?: number;
  /** How long commands wait for a connection, counted from when it was lost; later ones fail at once. Default 2,000. */
  readonly unavailableAfterMs?: number;
  /** Longest pause between two attempts to connect; attempts never end. Default 2,000. */
  readonly maxReconnectDelayMs?: number;
  /** How long a full checkpoint that was never published stays. Default 600,000. */
  readonly stagedTtlMs?: number;
  /** Most rows in one script call. Default 5,000. */
  readonly maxChunkRows?: number;
  /** Most bytes in one script call, unless a single row is larger. Default 4 MiB. */
  readonly maxChunkBytes?: number;
}

export type ResolvedOptions = Required<Omit<RedisCheckpointOptions, 'db' | 'username' | 'password'>> &
  Pick<RedisCheckpointOptions, 'db' | 'username' | 'password'>;

/** Total and frozen. */
export function resolveOptions(options: RedisCheckpointOptions): ResolvedOptions {
  return Object.freeze({
    logger: silentLogger,
    commandTimeoutMs: 2_000,
    unavailableAfterMs: 2_000,
    maxReconnectDelayMs: 2_000,
    stagedTtlMs: 600_000,
    maxChunkRows: 5_000,
    maxChunkBytes: 4 * 1024 * 1024,
    ...options,
  });
}
