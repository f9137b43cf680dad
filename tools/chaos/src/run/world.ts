import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createKafka, type Kafka } from '@tidemark/kafka';
import { catalogueSpecs } from '@tidemark/schemas';
import { freePorts, type KafkaServer, type RedisServer, startKafka, startRedis } from '@tidemark/stack';
import type { Random } from '@tidemark/testing';
import { createFleet, type Fleet } from '../fleet/fleet.ts';
import { startTcpProxy, type TcpProxy } from '../proxy/tcp-proxy.ts';

export interface WorldOptions {
  readonly rootDir: string;
  /** Gets data and logs of everything. */
  readonly dir: string;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Everything that can fail, and the ways between. */
export interface World extends WorldOptions {
  readonly kafka: KafkaServer;
  /** `host:port` of the broker's own listener, beside the proxy. */
  readonly broker: string;
  readonly client: Kafka;
  readonly kafkaWay: TcpProxy;
  readonly redis: RedisServer;
  readonly redisWay: TcpProxy;
  readonly fleet: Fleet;
  /** Ends of workers that nobody asked for and that must not be, in words. */
  readonly unexpectedExits: string[];
  /** Ends of workers that Kafka did not answer for a minute, as they started. */
  readonly startsGivenUp: string[];
  /** Ends all that was started; never rejects. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** What the workers are told beside the addresses. Nothing is idle, so that what is late does not depend on the machine. */
const WORKER_ENV = {
  HOST,
  LOG_LEVEL: 'info',
  CONSOLE_EVERY: '0',
  TRIGGER: '2s',
  IDLE_TIMEOUT: '2h',
  SOURCE_SESSION_TIMEOUT: '6s',
  SOURCE_REQUEST_TIMEOUT: '15s',
  TRANSACTION_TIMEOUT: '10s',
};

/** A machine that does other things, too, must not end a run. */
const READY_WITHIN_MS = 240_000;

const BROKER_SETTINGS = {
  // The checker wants to see every version of every row.
  'log.cleaner.min.compaction.lag.ms': '86400000',
  // How often it looks for transactions that have outlived their time-out; ten seconds would double that.
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
};

/** Starts the servers and the proxies, and creates the topics; no worker yet. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end().catch(() => {});
  };
  try {
    return { ...(await startAll(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startAll(options: WorldOptions, closers: (() => Promise<unknown>)[]): Promise<Omit<World, 'close'>> {
  const { dir, print } = options;
  const [kafkaPort, advertisedPort, directPort, redisPort, redisWayPort] = (await freePorts(5)) as Ports;
  const kafka = await startKafka({
    port: kafkaPort,
    dataDir: join(dir, 'kafka'),
    proxied: { advertisedPort, directPort },
    settings: BROKER_SETTINGS,
    readyDeadlineMs: READY_WITHIN_MS,
    onProgress: print,
  });
  closers.push(() => kafka.stop());
  const redis = await startRedis({ port: redisPort, dataDir: join(dir, 'redis'), readyDeadlineMs: READY_WITHIN_MS });
  closers.push(() => redis.stop());
  const kafkaWay = await startTcpProxy(advertisedPort, kafkaPort);
  closers.push(() => kafkaWay.close());
  const redisWay = await startTcpProxy(redisWayPort, redisPort);
  closers.push(() => redisWay.close());
  const broker = `${HOST}:${directPort}`;
  const client = createKafka({ brokers: [broker], clientId: 'chaos' });
  closers.push(() => client.admin.close());
  await client.admin.createTopics(catalogueSpecs());
  const exits: Exits = { unexpectedExits: [], startsGivenUp: [] };
  const fleet = startFleet(options, advertisedPort, redisWayPort, exits);
  closers.push(() => fleet.stopAll(AbortSignal.abort()));
  return { ...options, kafka, broker, client, kafkaWay, redis, redisWay, fleet, ...exits };
}

type Exits = Pick<World, 'unexpectedExits' | 'startsGivenUp'>;
type Ports = [number, number, number, number, number];

function startFleet(
  { rootDir, dir, print }: WorldOptions,
  kafkaPort: number,
  redisPort: number,
  { unexpectedExits, startsGivenUp }: Exits,
): Fleet {
  const logDir = join(dir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const addresses = { KAFKA_BROKERS: `${HOST}:${kafkaPort}`, REDIS_URL: `redis://${HOST}:${redisPort}` };
  const { PATH = '', HOME = '' } = process.env;
  const cache = { NODE_COMPILE_CACHE: join(rootDir, '.tidemark/compile-cache') };
  return createFleet({
    rootDir,
    logDir,
    env: { PATH, HOME, ...cache, ...WORKER_ENV, ...addresses },
    onUnexpectedExit(text, isGivenUp) {
      (isGivenUp ? startsGivenUp : unexpectedExits).push(text);
      print(`  ${text}`);
    },
  });
}
