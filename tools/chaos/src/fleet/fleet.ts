import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGivenUpStart } from './given-up-start.ts';
import { lastWordsIn } from './last-words.ts';
import {
  appScript,
  describeExit,
  type Exit,
  type RestartPolicy,
  supervise,
  type SupervisedWorker,
} from '@tidemark/launcher';
import { freePorts } from '@tidemark/stack';

export const APPS = ['parser', 'region-aggregator', 'window-aggregator', 'recommender', 'error-router'] as const;
export type App = (typeof APPS)[number];

/** One process of a worker, started again when it ends. */
export interface Instance {
  /** Such as `parser-1`. */
  readonly name: string;
  readonly app: App;
  isReady: boolean;
  readonly worker: SupervisedWorker;
  /** When it was started, now or after its last end; on the clock of `performance`, ms. */
  startedMs: number;
  /** Signals that we sent and that end it. */
  killed: boolean;
}

export interface FleetOptions {
  readonly rootDir: string;
  readonly logDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets each end that nobody asked for, and whether it was of a start that was given up, as it may be. */
  readonly onUnexpectedExit: (text: string, isGivenUp: boolean) => void;
}

/** All workers. */
export interface Fleet {
  readonly instances: readonly Instance[];
  start(app: App): Promise<Instance>;
  /** Ends an instance in its ordinary way; it is not started again. @returns how: `stopped` when all was in order */
  stop(instance: Instance): Promise<string>;
  /** Sends a signal to the process of an instance, if it runs. */
  signal(instance: Instance, name: NodeJS.Signals): void;
  stopAll(hurry: AbortSignal): Promise<readonly string[]>;
}

/** A worker that dies is started again at once, however often. */
const POLICY: RestartPolicy = { quickDeathMs: 0, maxQuickDeaths: 1, firstDelayMs: 250, longestDelayMs: 250 };
const NEVER = new AbortController().signal;

export function createFleet(options: FleetOptions): Fleet {
  const instances: Instance[] = [];
  let started = 0;
  const stop = async (instance: Instance, hurry: AbortSignal) => {
    const index = instances.indexOf(instance);
    if (index >= 0) instances.splice(index, 1);
    return instance.worker.stop(hurry);
  };
  const signal: Fleet['signal'] = ({ worker }, name) => {
    if (worker.isRunning && worker.pid !== undefined) process.kill(worker.pid, name);
  };
  return {
    instances,
    signal,
    async start(app) {
      const [port] = await freePorts(1);
      const instance = startInstance(options, app, `${app}-${++started}`, port!);
      instances.push(instance);
      return instance;
    },
    stop: (instance) => stop(instance, NEVER),
    async stopAll(hurry) {
      // One that stands still would not hear of it.
      for (const instance of instances) signal(instance, 'SIGCONT');
      return Promise.all([...instances].map(async (each) => `${each.name} ${await stop(each, hurry)}`));
    },
  };
}

function startInstance({ rootDir, logDir, env, onUnexpectedExit }: FleetOptions, app: App, name: string, port: number) {
  const child = {
    script: appScript(app),
    args: [],
    env: { ...env, PORT: String(port) },
    cwd: rootDir,
    logFile: join(logDir, `${name}.log`),
  };
  const instance: Instance = {
    name,
    app,
    isReady: false,
    startedMs: performance.now(),
    killed: false,
    worker: supervise({
      name,
      child,
      url: `http://127.0.0.1:${port}`,
      policy: POLICY,
      onEvent(event) {
        if (event.kind === 'ready') instance.isReady = true;
        if (event.kind === 'died') noteEnd(instance, event.exit, child.logFile, onUnexpectedExit);
      },
    }),
  };
  return instance;
}

/** It is about to be started again. */
function noteEnd(
  instance: Instance,
  exit: Exit,
  logFile: string,
  onUnexpectedExit: FleetOptions['onUnexpectedExit'],
): void {
  const { name, isReady: wasReady, startedMs, killed } = instance;
  const nowMs = performance.now();
  if (!killed) {
    const text = `${name} ended by itself: ${describeExit(exit)}: ${lastWordsIn(readFileSync(logFile, 'utf8'))}`;
    onUnexpectedExit(text, isGivenUpStart({ exit, wasReady, livedMs: nowMs - startedMs }));
  }
  Object.assign(instance, { isReady: false, killed: false, startedMs: nowMs });
}
