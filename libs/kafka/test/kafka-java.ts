import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureKafkaTools } from '@tidemark/stack';
import { TEST_BROKERS } from './broker.ts';

const JVM_ARGS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

/** Runs one of Kafka's own command line tools, on its Java client; answers what it prints. */
export async function kafkaTool(className: string, args: readonly string[], input = ''): Promise<string> {
  const { java, classPath } = await ensureKafkaTools();
  const encoding = '-Dfile.encoding=UTF-8';
  const tool = [...JVM_ARGS, encoding, '-cp', classPath, className, '--bootstrap-server', TEST_BROKERS.join(',')];
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const child = spawn(java, [...tool, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env });
  const [output, said]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.end(input);
  const [exitCode] = (await once(child, 'close')) as [number];
  if (exitCode === 0) return Buffer.concat(output).toString();
  throw new Error(`${className} ended with ${exitCode}: ${Buffer.concat(said).toString()}`);
}
