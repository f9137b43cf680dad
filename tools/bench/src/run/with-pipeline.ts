import { startStack } from '@tidemark/stack';
import { type BenchProcess, type ProcessSpec, startProcess } from '../processes/bench-process.ts';
import { type BenchWorker, startWorker } from '../processes/worker.ts';
import { profileArgs } from '../profile/print-profiles.ts';
import { buildApps, fromSources, type ScriptOf } from './app-scripts.ts';
import { type BenchContext, unlessAborted } from './context.ts';

export interface RunOptions {
  /** Names the run in the folders of logs and profiles. */
  readonly name: string;
  /** Where the workers write CPU profiles; undefined = they write none. */
  readonly profileDir: string | undefined;
  /** For all workers, on top of their defaults. */
  readonly env: Readonly<Record<string, string>>;
}

/** Servers of a run's own, and the means to start apps on them. */
export interface BenchPipeline {
  readonly kafkaBrokers: string;
  readonly redisUrl: string;
  startProducer(args: readonly string[]): BenchProcess;
  startWorker(name: string, env?: Readonly<Record<string, string>>): BenchWorker;
  /** Ends what was started last first. */
  stopAll(): Promise<void>;
}

/** Runs `body` with fresh servers; whatever happens, nothing that was started runs afterwards. */
export async function withPipeline<T>(
  context: BenchContext,
  options: RunOptions,
  body: (pipeline: BenchPipeline) => Promise<T>,
): Promise<T> {
  const scriptOf = options.profileDir === undefined ? await buildApps(context) : fromSources;
  // Other servers than those of the environment: a run must not write into anybody's topics.
  const stack = await startStack({ mode: 'test', given: {}, onProgress: context.print });
  const pipeline = createPipeline(context, options, stack, scriptOf);
  try {
    return await unlessAborted(body(pipeline), context.signal);
  } finally {
    await pipeline.stopAll();
    await stack.stop();
  }
}

type Addresses = Pick<Awaited<ReturnType<typeof startStack>>, 'kafkaBrokers' | 'redisUrl'>;

function createPipeline(
  context: BenchContext,
  options: RunOptions,
  addresses: Addresses,
  scriptOf: ScriptOf,
): BenchPipeline {
  const { rootDir, logDir, signal } = context;
  const started: BenchProcess[] = [];
  const keep = <P extends BenchProcess>(start: () => P): P => {
    // A body that goes on after the end was asked for must not start anything that nobody ends.
    signal.throwIfAborted();
    const child = start();
    started.push(child);
    return child;
  };
  const spec = (name: string, env: Readonly<Record<string, string>> = {}): ProcessSpec => ({
    name,
    rootDir,
    script: scriptOf(name),
    logDir: `${logDir}/${options.name}`,
    nodeArgs: profileArgs(options.profileDir, options.name, name),
    env: { ...env, KAFKA_BROKERS: addresses.kafkaBrokers, REDIS_URL: addresses.redisUrl },
  });
  return {
    kafkaBrokers: addresses.kafkaBrokers,
    redisUrl: addresses.redisUrl,
    startProducer: (args) => keep(() => startProcess({ ...spec('producer'), args })),
    startWorker: (name, env) => keep(() => startWorker(spec(name, { ...env, ...options.env }))),
    stopAll: async () => void (await Promise.all(started.reverse().map((child) => child.stop()))),
  };
}
