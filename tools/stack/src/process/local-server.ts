import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Address } from '../probe/exchange.ts';
import { assertPortFree, freePorts, HOST } from '../probe/ports.ts';
import { type OnProgress, silent } from '../progress.ts';
import { awaitReady } from './await-ready.ts';
import { ensureFolderWithSpace } from './disk.ts';
import { killProcess, stopProcess } from './end-process.ts';
import type { ProcessIdentity } from './identity.ts';
import { watchFor, type Watchdog } from './watchdog.ts';

export type LocalServerOptions = {
  /** Default 0: any free port. */
  port?: number;
  /** Default: a new temporary folder, deleted at `stop`. */
  dataDir?: string;
  /** `with-parent` (default): the server ends when this process does, however it ends. `detached`: it outlives it. */
  lifetime?: 'with-parent' | 'detached';
  onProgress?: OnProgress;
  /** How long the server may take until it answers; default 60,000. */
  readyDeadlineMs?: number;
};

/** What differs between the servers. */
export type ServerKind = {
  name: string;
  version: string;
  launch(dataDir: string, port: number): Promise<ProcessIdentity>;
  answers(address: Address): Promise<boolean>;
  logFiles(dataDir: string): string[];
};

export type LocalServer = {
  readonly name: string;
  readonly version: string;
  /** `host:port`, the same over restarts. */
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** The process that runs, or ran last. */
  readonly process: ProcessIdentity;
  readonly pid: number;
  /** Ends it in its ordinary way and, if the data folder is a temporary one, deletes that. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL), as a crash would; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port; `whileDown` may change its data. A server that still runs is stopped first. */
  startAgain(whileDown?: () => void): Promise<void>;
};

/**
 * Starts a server and waits until it answers.
 * @throws TM_STACK_PORT_TAKEN, or TM_STACK_UNAVAILABLE with the last lines of its log when it does not come up
 */
export async function startLocalServer(options: LocalServerOptions, kind: ServerKind): Promise<LocalServer> {
  const isTemporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), `tidemark-${kind.name.toLowerCase()}-`));
  const port = options.port || ((await freePorts(1))[0] as number);
  const removeData = () => isTemporary && rmSync(dataDir, { recursive: true, force: true });
  let running: Running;
  try {
    running = await bringUp(options, kind, dataDir, port, isTemporary);
  } catch (error) {
    removeData();
    throw error;
  }
  const end = async (how: typeof stopProcess) => {
    await how(running.process);
    running.watchdog.release();
  };
  return {
    name: kind.name,
    version: kind.version,
    address: `${HOST}:${port}`,
    port,
    dataDir,
    get process() {
      return running.process;
    },
    get pid() {
      return running.process.pid;
    },
    stop: async () => {
      await end(stopProcess);
      removeData();
    },
    kill: () => end(killProcess),
    startAgain: async (whileDown) => {
      await end(stopProcess);
      whileDown?.();
      running = await bringUp(options, kind, dataDir, port, isTemporary);
    },
  };
}

type Running = { process: ProcessIdentity; watchdog: Watchdog };

async function bringUp(
  options: LocalServerOptions,
  kind: ServerKind,
  dataDir: string,
  port: number,
  isTemporary: boolean,
): Promise<Running> {
  const { lifetime = 'with-parent', onProgress = silent, readyDeadlineMs = 60_000 } = options;
  const startMs = performance.now();
  ensureFolderWithSpace(dataDir);
  await assertPortFree(port, kind.name, `Stop that program, or set ${GIVEN_BY[kind.name]} if it is the one to use.`);
  onProgress(`${kind.name}: starting on ${HOST}:${port}…`);
  const process = await kind.launch(dataDir, port);
  // Until it is ready, a detached one is watched too: a start that is broken off must not leave it behind unknown.
  const watchdog = watchFor(process.pid, isTemporary ? dataDir : '');
  try {
    await awaitReady(process, kind, dataDir, port, readyDeadlineMs);
  } catch (error) {
    await killProcess(process);
    watchdog.release();
    throw error;
  }
  if (lifetime === 'detached') watchdog.release();
  onProgress(`${kind.name}: ready (${((performance.now() - startMs) / 1000).toFixed(1)} s)`);
  return { process, watchdog };
}

/** The variable that names a server of one's own. */
const GIVEN_BY: Record<string, string> = { Kafka: 'KAFKA_BROKERS', Redis: 'REDIS_URL' };
