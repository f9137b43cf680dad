import { runCommand } from '@tidemark/bench';
import type { History } from './history.ts';
import { createRecordFrames, RECORD_FORMAT } from './record-frames.ts';

export interface KcatOptions {
  /** Path of kcat, a client on librdkafka that shares nothing with the one under test. */
  readonly kcat: string;
  /** `host:port` */
  readonly broker: string;
  /** Ends the kcat that runs. */
  readonly signal: AbortSignal;
}

interface Metadata {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly object[] }[];
}

/** The history that a broker holds, read with kcat, read_committed. */
export function kcatHistory(options: KcatOptions): History {
  return {
    topics: async () => [...(await partitionCounts(options)).keys()],
    async read(topic, onRecord) {
      const frames = createRecordFrames(topic, onRecord);
      // The broker would hold back the answer at the end for half a second.
      const settings = ['-X', 'isolation.level=read_committed', '-X', 'fetch.wait.max.ms=10', '-X', 'check.crcs=true'];
      await kcat(options, ['-C', '-t', topic, ...settings, '-o', 'beginning', '-e', '-f', RECORD_FORMAT], frames.push);
      frames.end();
    },
    async openPartitions() {
      const counts = await partitionCounts(options);
      const [stable, all] = await Promise.all([
        ends(options, counts, 'read_committed'),
        ends(options, counts, 'read_uncommitted'),
      ]);
      return all.filter((end) => !stable.includes(end));
    },
  };
}

async function partitionCounts(options: KcatOptions): Promise<Map<string, number>> {
  const { topics } = JSON.parse(await output(options, ['-L', '-J'])) as Metadata;
  const own = topics.filter(({ topic }) => !topic.startsWith('__'));
  return new Map(own.map(({ topic, partitions }) => [topic, partitions.length]));
}

/** Ends of all partitions as kcat prints them: last stable offsets, or high watermarks. */
async function ends(options: KcatOptions, counts: ReadonlyMap<string, number>, isolation: string): Promise<string[]> {
  const partitions = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ['-t', `${topic}:${partition}:-1`]),
  );
  const text = await output(options, ['-Q', '-X', `isolation.level=${isolation}`, ...partitions.flat()]);
  return text.trim().split('\n');
}

async function output(options: KcatOptions, args: readonly string[]): Promise<string> {
  const chunks: Buffer[] = [];
  await kcat(options, args, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks).toString();
}

function kcat(options: KcatOptions, args: readonly string[], onChunk: (chunk: Buffer) => void): Promise<void> {
  const { kcat: command, broker, signal } = options;
  return runCommand({ command, args: ['-b', broker, '-q', ...args], signal }, onChunk);
}
