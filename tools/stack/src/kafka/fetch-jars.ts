import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stackUnavailable, tail } from '../errors.ts';
import { TIDEMARK_DIR } from '../paths.ts';
import { runCommand } from '../process/run-command.ts';
import { type OnProgress, silent } from '../progress.ts';
import { KAFKA_VERSION, LOG4J_VERSION } from './version.ts';

const COMPLETE_DIR = join(TIDEMARK_DIR, `kafka-${KAFKA_VERSION}`);

/**
 * The folder with Kafka's jars; fetched with Maven when it is not there yet.
 * @throws TM_STACK_UNAVAILABLE when Maven is missing or cannot get them
 */
export async function ensureKafkaJars(onProgress: OnProgress = silent): Promise<string> {
  if (existsSync(COMPLETE_DIR)) return COMPLETE_DIR;
  onProgress(`Kafka: fetching ${KAFKA_VERSION} with Maven…`);
  const partialDir = `${COMPLETE_DIR}.${process.pid}.partial`;
  try {
    await fetchInto(partialDir);
    moveIntoPlace(partialDir);
  } finally {
    rmSync(partialDir, { recursive: true, force: true });
  }
  return COMPLETE_DIR;
}

async function fetchInto(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const pom = join(dir, 'pom.xml');
  writeFileSync(pom, pomText());
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${dir}`];
  const { exitCode, output } = await runCommand('mvn', ['-B', '-ntp', '-q', '-f', pom, ...goal]);
  if (exitCode === 0) return;
  const advice = 'Install Maven or give it network access, or start Docker, or set KAFKA_BROKERS to a running Kafka.';
  throw stackUnavailable(`Maven ("mvn") cannot get Kafka ${KAFKA_VERSION}. ${advice}${tail(output)}`);
}

/** A folder under its final name is always whole. When another process was faster, its folder is as good as ours. */
function moveIntoPlace(dir: string): void {
  try {
    renameSync(dir, COMPLETE_DIR);
  } catch (error) {
    if (!existsSync(COMPLETE_DIR)) throw error;
  }
}

function pomText(): string {
  const dependency = (groupId: string, artifactId: string, version: string) =>
    `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tidemark</groupId><artifactId>kafka-jars</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
    ${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J_VERSION)}
  </dependencies>
</project>
`;
}
