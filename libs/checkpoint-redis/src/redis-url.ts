import { TidemarkError } from '@tidemark/schemas';
import type { RedisOptions } from 'ioredis';

/**
 * Reads `redis://[user:password@]host[:port][/db]`; `rediss:` means TLS. User and password are percent-decoded.
 * @throws TidemarkError (TM_CONFIG_INVALID); the message never holds the password.
 */
export function parseRedisUrl(text: string): RedisOptions & { host: string; port: number; db: number } {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
    throw invalid('it is not such an address');
  const db = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(db)) throw invalid('the database after the slash must be a number');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    db: Number(db),
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' && { tls: {} }),
  };
}

function invalid(why: string): TidemarkError {
  return new TidemarkError(
    'TM_CONFIG_INVALID',
    `REDIS_URL: ${why}; write redis://[user:password@]host[:port][/db], or rediss:// for TLS`,
  );
}
