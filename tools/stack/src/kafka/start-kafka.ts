import { kafkaAnswers } from '../probe/kafka.ts';
import { type LocalServer, type LocalServerOptions, startLocalServer } from '../process/local-server.ts';
import { silent } from '../progress.ts';
import { ensureKafkaJars } from './fetch-jars.ts';
import { findJava } from './java.ts';
import { kafkaFiles, type KafkaLaunchOptions, launchKafka } from './launch.ts';
import { chosenKafkaVersion } from './version.ts';

export type KafkaServer = LocalServer & {
  /** Starts the broker again on the same port and data, after `stop` or `kill`, or ends it first (by `stop`). */
  restart(): Promise<void>;
};

/**
 * Starts a real Kafka, one node with KRaft, as a local process, and waits until it serves requests.
 * @throws TM_STACK_UNAVAILABLE (no Java, no Maven, no disk, died at start) or TM_STACK_PORT_TAKEN
 */
export async function startKafka(options: LocalServerOptions & KafkaLaunchOptions = {}): Promise<KafkaServer> {
  const java = await findJava();
  const version = chosenKafkaVersion();
  const jarsDir = await ensureKafkaJars(version, options.onProgress ?? silent);
  const server = await startLocalServer(options, {
    name: 'Kafka',
    version,
    launch: (dataDir, port) => launchKafka({ java, jarsDir, version }, dataDir, port, options),
    answers: kafkaAnswers,
    logFiles: (dataDir) => [kafkaFiles(dataDir).log, kafkaFiles(dataDir).output],
  });
  return Object.assign(server, { restart: () => server.startAgain() });
}
