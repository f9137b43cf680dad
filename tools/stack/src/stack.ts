/** Where a server comes from: an address given by the user, a Docker engine, or a process of our own. */
export type Source = 'given' | 'docker' | 'local';

export type StackServer = {
  readonly name: ServerName;
  readonly source: Source;
  /** Kafka: a list of `host:port`, separated by commas. Redis: a `redis://` URL. */
  readonly address: string;
  /** Whether it ran before this call; then `Stack.stop` leaves it running. */
  readonly isReused: boolean;
  stop(): Promise<void>;
};

export type ServerName = 'Kafka' | 'Redis';

/** Both servers, and the means to stop those of them that were started by the call that returned this. */
export type Stack = {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly servers: readonly [StackServer, StackServer];
  stop(): Promise<void>;
};

/** Joins two servers to a stack. */
export function toStack(kafka: StackServer, redis: StackServer): Stack {
  const servers = [kafka, redis] as const;
  const stop = async () => {
    await Promise.all(servers.filter(({ isReused }) => !isReused).map((server) => server.stop()));
  };
  return { kafkaBrokers: kafka.address, redisUrl: redis.address, servers, stop };
}

/**
 * Starts both at once. When one fails, the other is stopped again, so that a failed start leaves nothing behind.
 * @throws what the failed start threw
 */
export async function startBoth(kafka: Promise<StackServer>, redis: Promise<StackServer>): Promise<Stack> {
  const results = await Promise.allSettled([kafka, redis]);
  const [first, second] = results;
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return toStack(first.value, second.value);
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  await Promise.all(started.filter(({ isReused }) => !isReused).map((server) => server.stop()));
  throw results.find((result) => result.status === 'rejected')?.reason;
}
