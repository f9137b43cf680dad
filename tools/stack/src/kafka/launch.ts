import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stackUnavailable, tail } from '../errors.ts';
import { freePorts, HOST } from '../probe/ports.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { runCommand } from '../process/run-command.ts';
import { spawnServer } from '../process/spawn-server.ts';
import { log4j2Text } from './log4j2.ts';
import { kafkaSettings, toPropertiesText } from './settings.ts';

/** Any fixed id will do: it only keeps brokers of different clusters apart, and here is one broker. */
const CLUSTER_ID = 'dGlkZW1hcmstc3RhY2stMQ';

/** The second compiler would take a third of the broker's time for its first minutes: longer than a developer waits. */
const JVM_OPTIONS = [
  '-Xms192m',
  '-Xmx768m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
];

/** How the broker differs from the usual one. */
export type KafkaLaunchOptions = {
  /** Ports of a broker whose clients come through a proxy: what they are told, and a listener beside that. */
  proxied?: { advertisedPort: number; directPort: number };
  /** Further server properties. */
  settings?: Readonly<Record<string, string>>;
};

export type KafkaInstallation = { java: string; jarsDir: string; version: string };

/** Files of a broker in its folder. */
export function kafkaFiles(dataDir: string) {
  return {
    logDir: join(dataDir, 'data'),
    properties: join(dataDir, 'server.properties'),
    log4j2: join(dataDir, 'log4j2.properties'),
    log: join(dataDir, 'server.log'),
    output: join(dataDir, 'output.log'),
  };
}

/** Formats the folder when it is new, and starts the broker's process. Does not wait until it answers. */
export async function launchKafka(
  { java, jarsDir, version }: KafkaInstallation,
  dataDir: string,
  port: number,
  { proxied, settings: more }: KafkaLaunchOptions = {},
): Promise<ProcessIdentity> {
  const files = kafkaFiles(dataDir);
  mkdirSync(files.logDir, { recursive: true });
  const [controllerPort] = await freePorts(1);
  const place = {
    listener: `${HOST}:${port}`,
    advertised: `${HOST}:${proxied?.advertisedPort ?? port}`,
    direct: proxied && `${HOST}:${proxied.directPort}`,
    controller: `${HOST}:${controllerPort}`,
    logDir: files.logDir,
  };
  const settings = kafkaSettings(place, version, more);
  writeFileSync(files.properties, toPropertiesText(settings));
  writeFileSync(files.log4j2, log4j2Text(files.log));
  const args = [`-Dlog4j2.configurationFile=${files.log4j2}`, '-cp', join(jarsDir, '*')];
  await formatOnce(java, args, files);
  const serverArgs = [...JVM_OPTIONS, ...args, 'kafka.Kafka', files.properties];
  return spawnServer({ command: java, args: serverArgs, cwd: dataDir, outputFile: files.output });
}

async function formatOnce(java: string, args: string[], files: ReturnType<typeof kafkaFiles>): Promise<void> {
  if (existsSync(join(files.logDir, 'meta.properties'))) return;
  // Stopping at the first compiler makes this short-lived JVM end in half the time.
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', files.properties];
  const { exitCode, output } = await runCommand(java, ['-XX:TieredStopAtLevel=1', ...args, ...format]);
  if (exitCode !== 0) throw stackUnavailable(`Kafka cannot prepare its folder ${files.logDir}.${tail(output)}`);
}
