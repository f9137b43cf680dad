import { catalogueSpecs, TidemarkError } from '@tidemark/schemas';
import {
  type CommitReport,
  type LogReader,
  ManualClock,
  MemoryCheckpointStore,
  MemoryLog,
  type ProducerFactory,
  type RuntimeObserver,
  settle,
  silentLogger,
  silentObserver,
  type TakeOverReport,
  type TaskName,
  type Topology,
} from '@tidemark/stream';
import {
  type CrashHook,
  DEFAULT_RUNTIME_OPTIONS,
  type LogPorts,
  type RuntimePorts,
  Worker,
  type WorkerOptions,
} from '../../src/index.ts';
import { KillablePorts, type KillPoint } from './killable-ports.ts';

/** How many turns of the event loop without any write make "quiet". */
const QUIET_ROUNDS = 8;

/** One process of a worker. */
export interface Instance {
  readonly worker: Worker;
  readonly clientId: string;
  readonly process: KillablePorts;
  readonly application: string;
}

export interface StartOptions extends Partial<WorkerOptions> {
  readonly killAt?: KillPoint;
  /** What lies between the process and the log. */
  readonly producers?: (real: ProducerFactory) => ProducerFactory;
  readonly reader?: (real: LogReader) => LogReader;
  readonly onCrashPoint?: CrashHook;
}

/** Any number of processes of any workers on one in-memory log; nothing but a test moves time, and any process may die. */
export class Cluster {
  readonly clock = new ManualClock(Date.UTC(2026, 5, 1));
  readonly log = new MemoryLog({ clock: this.clock });
  readonly checkpoints = new MemoryCheckpointStore();
  readonly commits: { readonly task: TaskName; readonly report: CommitReport }[] = [];
  readonly takeOvers: { readonly task: TaskName; readonly report: TakeOverReport }[] = [];
  readonly failures: { readonly task: TaskName; readonly error: Error; readonly stopped: boolean }[] = [];
  /** Messages that any process has logged as an error. */
  readonly errorLog: string[] = [];
  readonly instances: Instance[] = [];
  #started = 0;
  #incarnations = 0;

  /** @param topics partition counts of topics beside those of the catalogue */
  static async create(topics: Readonly<Record<string, number>>): Promise<Cluster> {
    const cluster = new Cluster();
    const own = Object.entries(topics).map(([topic, partitions]) => ({ topic, partitions, config: {} }));
    const catalogue = catalogueSpecs().filter(({ topic }) => !(topic in topics));
    await cluster.log.admin.createTopics([...own, ...catalogue]);
    return cluster;
  }

  /** Starts a process. What its start meets and what passes by itself is tried again, as a process is restarted. */
  async start(
    topology: Topology,
    { killAt, onCrashPoint, producers, reader, ...options }: StartOptions = {},
  ): Promise<Instance> {
    const application = options.application ?? topology.worker;
    const clientId = `${application}-${(this.#started += 1)}`;
    const ports = { ...this.#ports(producers, reader), onCrashPoint };
    const process = new KillablePorts(ports, clientId, killAt, () => this.#bury(application, clientId));
    const start = () =>
      Worker.start(topology, process.ports, {
        ...DEFAULT_RUNTIME_OPTIONS,
        availableNow: false,
        upstreamOf: () => undefined,
        // The clock stands still until a test moves it.
        minLingerMs: 0,
        ...options,
        application,
      });
    const worker = await untilItStarts(start);
    const instance = { worker, clientId, process, application };
    if (!process.isDead) this.instances.push(instance);
    await this.quiesce();
    return instance;
  }

  /** The process is gone at once, as by kill -9, and the group has noticed. */
  async kill(instance: Instance): Promise<void> {
    instance.process.kill();
    this.#forget(instance);
    await this.quiesce();
  }

  async stop(instance: Instance): Promise<void> {
    this.#forget(instance);
    const stopped = instance.worker.stop();
    await this.quiesce();
    await stopped;
  }

  async stopAll(): Promise<void> {
    for (const instance of [...this.instances]) await this.stop(instance);
  }

  /** The group drops the process, which hears nothing of it and goes on. */
  expel({ application, clientId }: Instance): void {
    this.log.membership.expel(application, clientId);
  }

  rejoin({ application, clientId }: Instance): void {
    this.log.membership.rejoin(application, clientId);
  }

  /** Tells an instance to drain and waits for its end. */
  async drain(instance: Instance): Promise<void> {
    instance.worker.drain();
    await this.quiesce();
    await instance.worker.ended;
  }

  append(topic: string, partition: number, values: readonly unknown[]): void {
    const records = values.map((value) => ({ value: typeof value === 'string' ? value : JSON.stringify(value) }));
    this.log.append(topic, partition, records);
  }

  /** Moves time on; timers run at their own time, with all that they start. */
  async advance(ms: number): Promise<void> {
    await this.clock.advanceAndSettle(ms);
    await this.quiesce();
  }

  /** Resolves when nothing is written any more without time or input moving on. */
  async quiesce(): Promise<void> {
    let [rounds, before] = [0, -1];
    while (rounds < QUIET_ROUNDS) {
      await settle();
      const written = await this.written();
      rounds = written === before ? rounds + 1 : 0;
      before = written;
    }
  }

  /** Offsets used so far in all topics. */
  async written(): Promise<number> {
    let written = 0;
    for (const topic of await this.log.admin.listTopics()) {
      for (const { highWatermark } of await this.log.admin.logEnds(topic)) written += highWatermark;
    }
    return written;
  }

  /** Committed values of a topic, parsed. */
  values<T>(topic: string): T[] {
    return this.log.committed(topic).map(({ value }) => JSON.parse(value!.toString()) as T);
  }

  /** Tasks of living processes that are taken over, by id. */
  tasks() {
    const runners = this.instances.flatMap(({ worker }) => worker.runners);
    return new Map(runners.flatMap(({ task }) => (task === undefined ? [] : [[task.plan.id, task] as const])));
  }

  /** What living processes say has failed for good. */
  stopped(): readonly { readonly task: string; readonly error: Error }[] {
    return this.instances.flatMap(({ worker }) => worker.health.failures);
  }

  /** What reads and writes state beside the processes. */
  get ports(): LogPorts {
    return this.#ports(undefined);
  }

  #forget(instance: Instance): void {
    const index = this.instances.indexOf(instance);
    if (index >= 0) this.instances.splice(index, 1);
  }

  #bury(application: string, clientId: string): void {
    const dead = this.instances.find((instance) => instance.clientId === clientId);
    if (dead !== undefined) this.#forget(dead);
    try {
      this.log.membership.expel(application, clientId);
    } catch (error) {
      // It died before it joined, or was expelled already.
      if (!(error instanceof TidemarkError)) throw error;
    }
  }

  #ports(
    between: StartOptions['producers'] = (real) => real,
    reader: StartOptions['reader'] = (real) => real,
  ): RuntimePorts {
    const observer: RuntimeObserver = {
      ...silentObserver,
      committed: (task, report) => void this.commits.push({ task, report }),
      tookOver: (task, report) => void this.takeOvers.push({ task, report }),
      failed: (task, error, stopped) => void this.failures.push({ task, error, stopped }),
    };
    return {
      reader: reader(this.log.reader()),
      producers: between(this.log.producers),
      admin: this.log.admin,
      membership: this.log.membership,
      checkpoints: this.checkpoints,
      clock: this.clock,
      logger: { ...silentLogger, error: (_fields, message) => void this.errorLog.push(message) },
      observer,
      newIncarnation: () => `incarnation-${(this.#incarnations += 1)}`,
    };
  }
}

const MOST_STARTS = 20;

async function untilItStarts(start: () => Promise<Worker>): Promise<Worker> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof TidemarkError && error.canRetry) || attempt === MOST_STARTS) throw error;
    }
  }
}
