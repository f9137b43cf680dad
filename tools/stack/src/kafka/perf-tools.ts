import { delimiter, join } from 'node:path';

import { type OnProgress, silent } from '../progress.ts';
import { ensureJars, ensureKafkaJars } from './fetch-jars.ts';
import { findJava } from './java.ts';
import { KAFKA_TOOLS_VERSION, KAFKA_VERSION } from './version.ts';

/** How to run a class of Kafka's own command line tools, such as `org.apache.kafka.tools.ProducerPerformance`. */
export interface KafkaTools {
  readonly java: string;
  readonly classPath: string;
}

/**
 * Kafka's own tools, on the client of KAFKA_VERSION, whatever version the broker is.
 * @throws TM_STACK_UNAVAILABLE when there is no Java, or Maven cannot get them
 */
export async function ensureKafkaTools(onProgress: OnProgress = silent): Promise<KafkaTools> {
  const java = await findJava();
  const kafkaDir = await ensureKafkaJars(KAFKA_VERSION, onProgress);
  // Alone: all that it depends on, the client to begin with, is taken from the broker's jars.
  const tools = { groupId: 'org.apache.kafka', artifactId: 'kafka-tools', version: KAFKA_TOOLS_VERSION, alone: true };
  const toolsDir = await ensureJars(`kafka-tools-${KAFKA_TOOLS_VERSION}`, [tools], onProgress);
  return { java, classPath: [toolsDir, kafkaDir].map((dir) => join(dir, '*')).join(delimiter) };
}
