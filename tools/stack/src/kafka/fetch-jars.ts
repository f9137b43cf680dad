import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stackUnavailable, tail } from '../errors.ts';
import { TIDEMARK_DIR } from '../paths.ts';
import { runCommand } from '../process/run-command.ts';
import { type OnProgress, silent } from '../progress.ts';
import { LOG4J_VERSION } from './version.ts';

/** A Maven artifact, by default with all that it depends on. */
export interface Artifact {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  /** Without its dependencies. */
  readonly alone?: boolean;
}

const serverArtifacts = (version: string): readonly Artifact[] => [
  { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version },
  { groupId: 'org.apache.logging.log4j', artifactId: 'log4j-slf4j-impl', version: LOG4J_VERSION },
];

/**
 * The folder with the jars of that Kafka; fetched with Maven when it is not there yet.
 * @throws TM_STACK_UNAVAILABLE when Maven is missing or cannot get them
 */
export async function ensureKafkaJars(version: string, onProgress: OnProgress = silent): Promise<string> {
  return ensureJars(`kafka-${version}`, serverArtifacts(version), onProgress);
}

/**
 * A folder of that name with the jars of all artifacts; fetched with Maven when it is not there yet.
 * @throws TM_STACK_UNAVAILABLE when Maven is missing or cannot get them
 */
export async function ensureJars(
  name: string,
  artifacts: readonly Artifact[],
  onProgress: OnProgress,
): Promise<string> {
  const completeDir = join(TIDEMARK_DIR, name);
  if (existsSync(completeDir)) return completeDir;
  onProgress(`Kafka: fetching ${name} with Maven…`);
  const partialDir = `${completeDir}.${process.pid}.partial`;
  try {
    await fetchInto(partialDir, name, artifacts);
    moveIntoPlace(partialDir, completeDir);
  } finally {
    rmSync(partialDir, { recursive: true, force: true });
  }
  return completeDir;
}

async function fetchInto(dir: string, name: string, artifacts: readonly Artifact[]): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const pom = join(dir, 'pom.xml');
  writeFileSync(pom, pomText(artifacts));
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${dir}`];
  const { exitCode, output } = await runCommand('mvn', ['-B', '-ntp', '-q', '-f', pom, ...goal]);
  if (exitCode === 0) return;
  const advice = 'Install Maven or give it network access, or start Docker, or set KAFKA_BROKERS to a running Kafka.';
  throw stackUnavailable(`Maven ("mvn") cannot get ${name}. ${advice}${tail(output)}`);
}

/** A folder under its final name is always whole. When another process was faster, its folder is as good as ours. */
function moveIntoPlace(dir: string, completeDir: string): void {
  try {
    renameSync(dir, completeDir);
  } catch (error) {
    if (!existsSync(completeDir)) throw error;
  }
}

function pomText(artifacts: readonly Artifact[]): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tidemark</groupId><artifactId>kafka-jars</artifactId><version>1</version>
  <dependencies>
    ${artifacts.map(dependencyText).join('\n    ')}
  </dependencies>
</project>
`;
}

const WITHOUT_DEPENDENCIES =
  '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';

function dependencyText({ groupId, artifactId, version, alone = false }: Artifact): string {
  const coordinates = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
  return `<dependency>${coordinates}${alone ? WITHOUT_DEPENDENCIES : ''}</dependency>`;
}
