import { ensureSystemPackage } from '@tidemark/stack';
import { runCommand } from '../processes/run-command.ts';
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
    runCommand({ command, args: ['-b', brokers, '-q', ...args], signal }, onChunk);
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
