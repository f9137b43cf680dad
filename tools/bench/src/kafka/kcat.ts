import { spawn } from 'node:child_process';
import { ensureSystemPackage } from '@tidemark/stack';
import { createValueFrames, VALUE_FORMAT } from './value-frames.ts';

/** Reads topics with kcat, a client on librdkafka that shares nothing with the one under test. */
export interface Kcat {
  /** Values of all committed records, oldest first per partition. */
  readValues(topic: string, onValue: (value: Buffer | null) => void): Promise<void>;
  topics(): Promise<string[]>;
}

interface Metadata {
  readonly topics: readonly { readonly topic: string }[];
}

/** @param signal ends the kcat that runs */
export async function createKcat(brokers: string, signal: AbortSignal): Promise<Kcat> {
  const command = await ensureSystemPackage('kcat');
  const run = (args: readonly string[], onChunk: (chunk: Buffer) => void) =>
    runKcat(command, ['-b', brokers, '-q', ...args], onChunk, signal);
  return {
    async readValues(topic, onValue) {
      const frames = createValueFrames(onValue);
      const isolation = ['-X', 'isolation.level=read_committed'];
      await run(['-C', '-t', topic, ...isolation, '-o', 'beginning', '-e', '-f', VALUE_FORMAT], frames.push);
      frames.end();
    },
    async topics() {
      const chunks: Buffer[] = [];
      await run(['-L', '-J'], (chunk) => chunks.push(chunk));
      const { topics } = JSON.parse(Buffer.concat(chunks).toString()) as Metadata;
      return topics.map(({ topic }) => topic);
    },
  };
}

function runKcat(
  command: string,
  args: readonly string[],
  onChunk: (chunk: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
  let said = '';
  child.stdout.on('data', onChunk);
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) resolve();
    else reject(new Error(`kcat ${args.join(' ')} ended with ${code}: ${said}`));
  });
  return promise;
}
