export type KafkaPlace = {
  /** Where the broker listens, as `host:port`. */
  listener: string;
  /** Where clients are told to connect, as `host:port`. */
  advertised: string;
  /** A second listener, as `host:port`, for the broker itself and for those whom what is advertised does not suit. */
  direct?: string | undefined;
  /** Where the controller listens and is found, as `host:port`. */
  controller: string;
  /** The folder of topics' data. */
  logDir: string;
};

/**
 * Server properties of the one node, broker and controller at once: the same for a local process and for an image.
 * @param more overrides
 */
export function kafkaSettings(
  place: KafkaPlace,
  version: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const hasShareGroups = Number(version.split('.')[0]) >= 4;
  return {
    ...nodeSettings(place),
    ...SINGLE_NODE,
    ...BEHAVIOUR,
    ...SMALL_MACHINE,
    ...(hasShareGroups && SHARE_GROUPS),
    ...more,
  };
}

function nodeSettings({ listener, advertised, direct, controller, logDir }: KafkaPlace) {
  const directListener = direct === undefined ? '' : `,DIRECT://${direct}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${listener}${directListener},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${advertised}${directListener}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': direct === undefined ? 'PLAINTEXT' : 'DIRECT',
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT${direct === undefined ? '' : ',DIRECT:PLAINTEXT'},CONTROLLER:PLAINTEXT`,
    'log.dirs': logDir,
  };
}

/** There is one broker, so nothing can have more than one replica. */
const SINGLE_NODE = {
  'default.replication.factor': '1',
  'min.insync.replicas': '1',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
};

const BEHAVIOUR = {
  // A typing error in a topic's name must fail, not create a topic with the wrong settings.
  'auto.create.topics.enable': 'false',
  // The delay lets big groups gather; here it would only make each start slower.
  'group.initial.rebalance.delay.ms': '0',
  // Tests that kill a member do not want to wait for the usual six seconds at least.
  'group.min.session.timeout.ms': '1000',
  // A broker that was killed may register again only when its old session is over; nine seconds of that are the default.
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '1000',
};

/** Threads and buffers for a developer's machine, where the broker shares two cores with all workers. */
const SMALL_MACHINE = {
  'offsets.topic.num.partitions': '5',
  'transaction.state.log.num.partitions': '5',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'num.replica.fetchers': '1',
  'log.cleaner.threads': '1',
  'log.cleaner.dedupe.buffer.size': '16777216',
};

/** Since Kafka 4: one replica and one partition for them too. */
const SHARE_GROUPS = {
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
};

/** The text of a server.properties file. */
export function toPropertiesText(settings: Record<string, string>): string {
  // A backslash would start an escape in a properties file.
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

/** Environment variables that give the `apache/kafka` image the same settings. */
export function toImageEnvironment(settings: Record<string, string>): Record<string, string> {
  const name = (key: string) => `KAFKA_${key.replaceAll('.', '_').toUpperCase()}`;
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [name(key), value]));
}
