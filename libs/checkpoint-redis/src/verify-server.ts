import { hasCode, TidemarkError } from '@tidemark/schemas';
import type { RedisConnection } from './connection.ts';

/**
 * Refuses a server that may evict keys, and a database that is not there (the client would go on in database 0).
 * @throws TidemarkError TM_REDIS_EVICTION, TM_REDIS_FAILED, TM_REDIS_UNREACHABLE
 */
export async function verifyServer(connection: RedisConnection): Promise<void> {
  const { address, db } = connection;
  if (db !== 0) await connection.run(`select database ${db}`, (redis) => redis.select(db));
  const policy = await readEvictionPolicy(connection);
  if (policy === 'noeviction') return;
  throw new TidemarkError(
    'TM_REDIS_EVICTION',
    `maxmemory-policy at ${address} is ${policy ?? 'not readable (CONFIG GET and INFO)'}: set it with ` +
      '"redis-cli CONFIG SET maxmemory-policy noeviction" and in redis.conf; the state would lose rows one by one',
    { fields: { redis: address, policy } },
  );
}

/** Hosted servers often forbid CONFIG; INFO tells the policy too. */
async function readEvictionPolicy(connection: RedisConnection): Promise<string | undefined> {
  try {
    const answer = await connection.run('read maxmemory-policy', (redis) => redis.config('GET', 'maxmemory-policy'));
    return (answer as string[])[1];
  } catch (error) {
    if (!hasCode(error, 'TM_REDIS_FAILED')) throw error;
    const info = await connection.run('read maxmemory_policy', (redis) => redis.info('memory'));
    return /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  }
}
