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

export const SERVER_NAMES = ['Kafka', 'Redis'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** Both servers, and the means to stop those of them that were started by the call that returned this. */
export type Stack = {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  readonly servers: readonly StackServer[];
  stop(): Promise<void>;
};

/** Joins one server of each name to a stack. */
export function toStack(servers: readonly StackServer[]): Stack {
  const addressOf = (name: ServerName) => servers.find((server) => server.name === name)?.address as string;
  return {
    kafkaBrokers: addressOf('Kafka'),
    redisUrl: addressOf('Redis'),
    servers,
    stop: () => stopStarted(servers),
  };
}

/** Stops those that were not running before. */
export async function stopStarted(servers: readonly StackServer[]): Promise<void> {
  await Promise.all(servers.filter(({ isReused }) => !isReused).map((server) => server.stop()));
}
