import { join } from 'node:path';

import { stackUnavailable } from '../errors.ts';
import { runCommand } from '../process/run-command.ts';
import { MIN_JAVA_VERSION } from './version.ts';

const ADVICE = `Install a JDK of at least version ${MIN_JAVA_VERSION} (Debian: "sudo apt-get install default-jdk-headless maven"), or start Docker, or set KAFKA_BROKERS to a running Kafka.`;

/**
 * The java command, from JAVA_HOME or else PATH.
 * @throws TM_STACK_UNAVAILABLE when there is none or it is too old
 */
export async function findJava(javaHome = process.env['JAVA_HOME']): Promise<string> {
  const java = javaHome ? join(javaHome, 'bin', 'java') : 'java';
  const { exitCode, output } = await runCommand(java, ['-version'], { timeoutMs: 20_000 });
  if (exitCode !== 0) throw stackUnavailable(`Kafka needs Java, and "${java}" cannot be run. ${ADVICE}`);
  const major = javaMajorVersion(output);
  if (major === undefined || major >= MIN_JAVA_VERSION) return java;
  throw stackUnavailable(`Kafka needs Java ${MIN_JAVA_VERSION} or newer, and "${java}" is version ${major}. ${ADVICE}`);
}

/** 17 for `openjdk version "17.0.15"`, 8 for `"1.8.0_402"`; undefined for a text without a version. */
export function javaMajorVersion(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}
