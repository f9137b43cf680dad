import { startTestServers, type TestServers } from './test-servers.ts';
import { KAFKA_VARIABLE, REDIS_VARIABLE } from './use-servers.ts';

/** How the teardown, which jest loads as a module of its own, finds the servers. */
export type WithServers = { tidemarkTestServers?: TestServers };

/** Starts servers for this jest run, unless whoever started it has given some that several runs share. */
export default async function setUp(): Promise<void> {
  if (process.env[KAFKA_VARIABLE] && process.env[REDIS_VARIABLE]) return;
  const servers = await startTestServers((text) => void process.stderr.write(`${text}\n`));
  (globalThis as WithServers).tidemarkTestServers = servers;
  // Jest's workers are started later and inherit these.
  process.env[KAFKA_VARIABLE] = servers.kafkaBrokers;
  process.env[REDIS_VARIABLE] = servers.redisUrl;
}
