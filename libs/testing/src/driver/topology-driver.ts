import { DEFAULT_RUNTIME_OPTIONS, type RuntimeOptions, type UpstreamOf, Worker } from '@tidemark/runtime';
import { catalogueSpecs } from '@tidemark/schemas';
import {
  type ExternalRecord,
  type LogRecord,
  ManualClock,
  MemoryCheckpointStore,
  MemoryLog,
  type Position,
  settle,
  silentLogger,
  silentObserver,
  type RuntimeObserver,
  type Topology,
} from '@tidemark/stream';
import type { StateRow } from '@tidemark/window-state';

export interface TopologyDriverOptions {
  /** The workers to run side by side, in the order in which they start. */
  readonly topologies: readonly Topology[];
  /** Partition counts of topics that differ from the catalogue's, or that are not in it. */
  readonly partitions?: Readonly<Record<string, number>>;
  /** Default: 2026-06-01T00:00:00.000Z. */
  readonly startMs?: number;
  readonly runtime?: Partial<RuntimeOptions>;
  /** Whose frontiers a topic's readers wait for; default: every input that no driven worker writes comes from outside. */
  readonly upstreamOf?: UpstreamOf;
  readonly observer?: RuntimeObserver;
}

const DEFAULT_START_MS = Date.UTC(2026, 5, 1);

/** How many turns of the event loop without any write make "quiet". */
const QUIET_ROUNDS = 8;

/**
 * Runs topologies on the real runtime over an in-memory log, with a clock that stands still until a test moves it: no
 * broker, no waiting. Every method resolves when nothing more happens by itself.
 */
export class TopologyDriver {
  readonly log: MemoryLog;
  readonly checkpoints: MemoryCheckpointStore;
  readonly clock: ManualClock;
  readonly #options: TopologyDriverOptions;
  readonly #readSoFar = new Map<string, number>();
  #incarnations = 0;
  #workers: Worker[] = [];

  static async start(options: TopologyDriverOptions): Promise<TopologyDriver> {
    const driver = new TopologyDriver(options);
    const catalogue = new Map(catalogueSpecs().map((spec) => [spec.topic, spec]));
    for (const [topic, partitions] of Object.entries(options.partitions ?? {})) {
      catalogue.set(topic, { config: {}, ...catalogue.get(topic), topic, partitions });
    }
    const specs = [...catalogue.values()];
    await driver.log.admin.createTopics(specs);
    await driver.#startWorkers(options.topologies);
    return driver;
  }

  private constructor(options: TopologyDriverOptions) {
    this.#options = options;
    this.clock = new ManualClock(options.startMs ?? DEFAULT_START_MS);
    this.log = new MemoryLog({ clock: this.clock });
    this.checkpoints = new MemoryCheckpointStore();
  }

  get workers(): readonly Worker[] {
    return this.#workers;
  }

  /** Appends records to a partition, all at once, and lets the workers process them. */
  async pipeInput(topic: string, records: readonly ExternalRecord[], partition = 0): Promise<void> {
    this.log.append(topic, partition, records);
    await this.quiesce();
  }

  /** Committed records of a topic that were not read yet. */
  readOutput(topic: string): readonly LogRecord[] {
    const all = this.log.committed(topic);
    const fresh = all.filter(({ partition, offset }) => offset >= (this.#readSoFar.get(`${topic}/${partition}`) ?? 0));
    for (const { partition, offset } of fresh) this.#readSoFar.set(`${topic}/${partition}`, offset + 1);
    return fresh;
  }

  /** `readOutput`, with each value parsed as JSON. */
  readJson<T = Record<string, unknown>>(topic: string): readonly T[] {
    return this.readOutput(topic).map(({ value }) => JSON.parse(value!.toString()) as T);
  }

  /** Moves time on; timers run at their own time, with everything that they start. */
  async advanceTime(ms: number): Promise<void> {
    await this.clock.advanceAndSettle(ms);
    await this.quiesce();
  }

  /**
   * Stops all workers cleanly and starts them again: state comes from checkpoints and changelogs.
   * @param topologies in their stead; as an update of the workers
   */
  async restart(topologies: readonly Topology[] = this.#options.topologies): Promise<void> {
    await this.stop();
    await this.#startWorkers(topologies);
  }

  /** Tells all workers to end once what is there is processed; resolves when the last one has. */
  async drain(): Promise<void> {
    for (const worker of this.#workers) {
      worker.drain();
      await this.quiesce();
      await worker.ended;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    this.#workers = [];
  }

  /** Position of a task, as of its last commit. @param taskId `application/stage/partition` */
  position(taskId: string): Position {
    return this.#task(taskId).position;
  }

  /** Committed rows of all tasks of a stage. @param stageKey `application/stage` */
  rows(stageKey: string): readonly StateRow[] {
    return this.#tasks()
      .filter(({ plan }) => plan.id.startsWith(`${stageKey}/`))
      .flatMap(({ rows }) => [...rows.rows()].map(([, row]) => row));
  }

  /** Resolves when no worker writes anything more without time or input moving on. */
  async quiesce(): Promise<void> {
    let quietRounds = 0;
    let before = -1;
    while (quietRounds < QUIET_ROUNDS) {
      await settle();
      const written = await this.#recordsWritten();
      quietRounds = written === before ? quietRounds + 1 : 0;
      before = written;
    }
    this.#throwFailures();
  }

  async #startWorkers(topologies: readonly Topology[]): Promise<void> {
    const { runtime, observer = silentObserver } = this.#options;
    const written = new Map<string, string>();
    for (const { worker, stages } of topologies) {
      for (const stage of stages) {
        if (!stage.hasEventTime) continue;
        for (const topic of stage.outputs(worker)) written.set(topic, `${worker}/${stage.name}`);
      }
    }
    for (const topology of topologies) {
      const worker = await Worker.start(
        topology,
        {
          reader: this.log.reader(),
          producers: this.log.producers,
          admin: this.log.admin,
          membership: this.log.membership,
          checkpoints: this.checkpoints,
          clock: this.clock,
          logger: silentLogger,
          observer,
          newIncarnation: () => `incarnation-${(this.#incarnations += 1)}`,
        },
        {
          ...DEFAULT_RUNTIME_OPTIONS,
          // What is piped in is processed at once, without the clock moving.
          minLingerMs: 0,
          maxLingerMs: 0,
          ...runtime,
          application: topology.worker,
          availableNow: false,
          upstreamOf: this.#options.upstreamOf ?? ((topic) => written.get(topic)),
        },
      );
      this.#workers.push(worker);
      await this.quiesce();
    }
  }

  async #recordsWritten(): Promise<number> {
    let written = 0;
    for (const topic of await this.log.admin.listTopics()) {
      for (const { highWatermark } of await this.log.admin.logEnds(topic)) written += highWatermark;
    }
    return written;
  }

  /** A task that has stopped for good would make every later assertion puzzling. */
  #throwFailures(): void {
    const failure = this.#workers.flatMap(({ health }) => health.failures)[0];
    if (failure !== undefined) throw failure.error;
  }

  #tasks() {
    return this.#workers.flatMap(({ runners }) => runners.flatMap(({ task }) => (task === undefined ? [] : [task])));
  }

  #task(taskId: string) {
    const task = this.#tasks().find(({ plan }) => plan.id === taskId);
    if (task === undefined) throw new Error(`no task ${taskId}; there are ${this.#tasks().map(({ plan }) => plan.id)}`);
    return task;
  }
}
