import { stackUnavailable } from '../errors.ts';
import type { Address } from '../probe/exchange.ts';
import { kafkaAnswers } from '../probe/kafka.ts';
import { redisAnswers } from '../probe/redis.ts';
import { waitUntil } from '../process/wait-until.ts';
import type { ServerName, StackServer } from '../stack.ts';

/** Addresses of servers of the user's own; an empty text counts as not given. */
export type GivenAddresses = { kafkaBrokers?: string | undefined; redisUrl?: string | undefined };

/** What `KAFKA_BROKERS` and `REDIS_URL` hold. */
export function givenByEnvironment(env: NodeJS.ProcessEnv = process.env): GivenAddresses {
  return { kafkaBrokers: env['KAFKA_BROKERS'], redisUrl: env['REDIS_URL'] };
}

/** @throws TM_STACK_UNAVAILABLE when none of the brokers answers */
export async function useGivenKafka(brokers: string): Promise<StackServer> {
  const addresses = brokers.split(',').map((text) => parseAddress(text.trim(), 9092));
  const answers = async () => (await Promise.all(addresses.map(kafkaAnswers))).includes(true);
  return useGiven('Kafka', 'KAFKA_BROKERS', brokers, answers);
}

/** @throws TM_STACK_UNAVAILABLE when it does not answer */
export async function useGivenRedis(url: string): Promise<StackServer> {
  const address = parseAddress(url.replace(/^rediss?:\/\/([^@/]*@)?/, '').replace(/\/.*$/, ''), 6379);
  return useGiven('Redis', 'REDIS_URL', url, () => redisAnswers(address));
}

async function useGiven(
  name: ServerName,
  variable: string,
  address: string,
  answers: () => Promise<boolean>,
): Promise<StackServer> {
  const isThere = await waitUntil(async () => ((await answers()) ? true : undefined), { deadlineMs: 5_000 });
  if (isThere) return { name, source: 'given', address, isReused: true, stop: async () => {} };
  const shown = address.replace(/\/\/[^@/]*@/, '//…@');
  throw stackUnavailable(
    `${variable}=${shown} is set, but no ${name} answers there. Start it, mend the address, or unset ${variable} to have one started here.`,
  );
}

/** `host`, `host:port` or `[v6]:port`. */
export function parseAddress(text: string, defaultPort: number): Address {
  const [, v6, name, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: v6 ?? name ?? text, port: port ? Number(port) : defaultPort };
}
