import { DEFAULT_RUNTIME_OPTIONS, type RuntimePorts, Worker } from '@tidemark/runtime';
import { hasCode, TidemarkError } from '@tidemark/schemas';
import { type RuntimeObserver, silentLogger, silentObserver, type Topology } from '@tidemark/stream';
import { createSimAdmin } from './sim-admin.ts';
import { type DeathPlan, SimProcess } from './sim-process.ts';
import { createSimProducers } from './sim-producers.ts';
import { createSimReader } from './sim-reader.ts';
import { COUNTER, upstreamOf } from './topologies.ts';
import type { World } from './world.ts';

/** One process that a supervisor keeps up: when it ends, for whatever reason, another one follows. */
export interface Slot {
  readonly topology: Topology;
  process: SimProcess | undefined;
  /** Set once it has started. */
  worker: Worker | undefined;
  isStopping: boolean;
  /** Whether it is to end once all is processed that is there. */
  isDraining: boolean;
  /** Whether it has drained: nobody starts it again. */
  isDone: boolean;
}

/** Keeps processes up, and does to them what a fault says. */
export class Supervisor {
  readonly slots: Slot[] = [];
  /** Tasks that have stopped as they had to, with the code of their error. */
  readonly stopped = new Map<string, string>();
  readonly #world: World;
  #started = 0;
  #incarnations = 0;
  #isShuttingDown = false;
  #doomed: ReadonlySet<string> = new Set();

  constructor(world: World) {
    this.#world = world;
  }

  /** @param delayMs how much later its first process starts */
  add(topology: Topology, delayMs = 0): Slot {
    const slot: Slot = {
      topology,
      process: undefined,
      worker: undefined,
      isStopping: false,
      isDraining: false,
      isDone: false,
    };
    this.slots.push(slot);
    if (delayMs === 0) this.#start(slot);
    else this.#world.time.schedule(delayMs, () => this.#start(slot));
    return slot;
  }

  /** As by kill -9. */
  kill(slot: Slot): void {
    slot.process?.kill();
    this.#buried(slot);
  }

  /** It will die in one of its next calls. */
  killAtCall(slot: Slot, plan: DeathPlan): void {
    slot.process?.planDeath(plan, () => {
      this.#world.network.faults.add('kill-at-call', `${slot.process?.name} ${plan.when}`);
      this.#buried(slot);
    });
  }

  freeze(slot: Slot): void {
    const { process, topology } = slot;
    if (process === undefined) return;
    process.freeze();
    this.#world.groupOf(topology.worker).silenced(process);
  }

  thaw({ process, topology }: Slot): void {
    if (process === undefined || !process.isFrozen) return;
    this.#world.trace.note(`thaw ${process.name}`);
    process.thaw();
    this.#world.groupOf(topology.worker).resumed(process);
  }

  /** As by SIGTERM; the process ends by itself. */
  stop(slot: Slot): void {
    const { worker, process } = slot;
    if (worker === undefined || process === undefined || slot.isStopping) return;
    slot.isStopping = true;
    worker.stop().then(
      () => this.#ended(slot, process, undefined),
      (error: Error) => this.#ended(slot, process, error),
    );
  }

  /**
   * Has a worker process what is there, emit for the last time and end, in all its processes. Where all have ended one is
   * started: of several that begin a drain anew one may believe what tasks of another one have said at the end of the last.
   */
  drain(worker: string): void {
    const slots = this.slots.filter(({ topology }) => topology.worker === worker);
    for (const slot of slots) {
      slot.isDraining = true;
      slot.worker?.drain();
    }
    if (slots.every(({ isDone }) => isDone)) this.#startAgain(slots[0]!);
  }

  /** Starts all that have drained, as they were started first. */
  startAgain(): void {
    for (const slot of this.slots.filter(({ isDone }) => isDone)) {
      slot.isDraining = false;
      this.#startAgain(slot);
    }
  }

  #startAgain(slot: Slot): void {
    slot.isDone = false;
    this.#start(slot);
  }

  /** From now on these tasks have to stop for good: their input is gone past their positions. */
  doom(taskIds: ReadonlySet<string>): void {
    this.#doomed = taskIds;
  }

  /** Ends all for good, cleanly. */
  stopAll(): void {
    this.#isShuttingDown = true;
    for (const slot of this.slots) this.stop(slot);
  }

  #start(slot: Slot): void {
    const { parameters, trace } = this.#world;
    const skewMs = this.#world.network.chance.between(-parameters.maxSkewMs, parameters.maxSkewMs);
    const process = new SimProcess(`${slot.topology.worker}-${(this.#started += 1)}`, this.#world.time, skewMs);
    Object.assign(slot, { process, worker: undefined, isStopping: false });
    trace.note(`start ${process.name}`);
    const options = {
      ...DEFAULT_RUNTIME_OPTIONS,
      maxRecordsPerTurn: parameters.maxRecordsPerTurn,
      idleTimeoutMs: parameters.idleTimeoutMs,
      checkpointIntervalMs: parameters.checkpointIntervalMs,
      quietCommitIntervalMs: parameters.quietCommitIntervalMs,
      transactionTimeoutMs: parameters.transactionTimeoutMs,
      sessionTimeoutMs: parameters.sessionTimeoutMs,
      confirmMembershipTimeoutMs: parameters.confirmMembershipTimeoutMs,
      application: slot.topology.worker,
      availableNow: slot.isDraining,
      upstreamOf: (topic: string) => upstreamOf(topic, parameters),
    };
    Worker.start(slot.topology, this.#portsOf(process), options).then(
      (worker) => this.#running(slot, process, worker),
      (error: Error) => this.#ended(slot, process, error),
    );
  }

  #running(slot: Slot, process: SimProcess, worker: Worker): void {
    if (slot.process !== process || process.isDead) return;
    slot.worker = worker;
    this.#world.trace.note(`started ${process.name}`);
    worker.ended.then(
      () => this.#drained(slot, process),
      (error: Error) => this.#ended(slot, process, error),
    );
    if (slot.isDraining) worker.drain();
    if (this.#isShuttingDown) this.stop(slot);
  }

  /** It has nothing left to do; one that was told to stop before that is started again. */
  #drained(slot: Slot, process: SimProcess): void {
    if (slot.process !== process || process.isDead || !slot.isDraining || slot.isStopping) return;
    slot.isDone = true;
    this.stop(slot);
  }

  /** A process ended by itself: cleanly, or since it could not go on. */
  #ended(slot: Slot, process: SimProcess, error: Error | undefined): void {
    if (slot.process !== process || process.isDead) return;
    if (error !== undefined) {
      this.#world.trace.note(`ended ${process.name} ${error.message}`);
      if (!this.#mayEnd(error)) this.#violate(`${process.name} ended: ${error.stack}`);
    }
    process.kill();
    this.#buried(slot);
  }

  /** Without a group a process that is fenced has to end. */
  #mayEnd(error: Error): boolean {
    if (hasCode(error, 'TM_FENCED')) return this.#isAssigned(COUNTER);
    return error instanceof TidemarkError && error.canRetry;
  }

  /** Whether the tasks of this application are assigned, without a group. */
  #isAssigned(application: string): boolean {
    return application === COUNTER && this.#world.parameters.assigned !== undefined;
  }

  #buried(slot: Slot): void {
    const { process, topology } = slot;
    if (process === undefined) return;
    this.#world.trace.note(`gone ${process.name}`);
    this.#world.groupOf(topology.worker).silenced(process);
    Object.assign(slot, { process: undefined, worker: undefined });
    if (this.#isShuttingDown || slot.isDone) return;
    const { chance, time } = this.#world.network;
    time.schedule(this.#world.isHealthy ? 100 : chance.one([100, 1_000, 15_000]), () => this.#start(slot));
  }

  #portsOf(process: SimProcess): RuntimePorts {
    const { broker, redis, groupOf, trace, emissionTimes, history } = this.#world;
    const lost = new Set<string>();
    const observer: RuntimeObserver = {
      ...silentObserver,
      tookOver: ({ application, stage, partition }, { changelogRecords, fromCheckpoint, position, rows }) => {
        const { version } = position;
        const id = `${application}/${stage}/${partition}`;
        trace.note(`${process.name} took over ${id} at ${version} (${changelogRecords} ${fromCheckpoint})`);
        history.restored(id, version, rows);
        emissionTimes.tookOver(id, position, history.tasks.get(id)?.rows.keys() ?? []);
        if (lost.has(id))
          this.#violate(`${process.name} goes on with ${id}, which another process has assigned itself`);
      },
      failed: ({ application, stage, partition }, error, stopped) => {
        trace.note(`${process.name} ${application}/${stage}/${partition} failed: ${error.message}`);
        if (hasCode(error, 'TM_FENCED') && this.#isAssigned(application))
          lost.add(`${application}/${stage}/${partition}`);
        if (stopped) this.#taskStopped(`${application}/${stage}/${partition}`, error);
      },
    };
    return {
      reader: createSimReader(broker, process),
      producers: createSimProducers(broker, process),
      admin: createSimAdmin(broker, process),
      membership: { join: (options) => groupOf(options.groupId).join(process, options) },
      checkpoints: redis.portOf(process),
      clock: process.clock,
      logger: silentLogger,
      observer,
      newIncarnation: () => `incarnation-${(this.#incarnations += 1)}`,
    };
  }

  #taskStopped(id: string, error: Error): void {
    if (error instanceof TidemarkError && this.#doomed.has(id) && !error.canRetry) this.stopped.set(id, error.code);
    else if (!isExpected(error)) this.#violate(`${id} stopped: ${error.stack}`);
  }

  #violate(text: string): void {
    this.#world.violations.push(text);
    this.#world.trace.note(`violation ${text}`);
  }
}

/** A task that is told to stop while it waits may report what it waited for. */
function isExpected(error: Error): boolean {
  return error instanceof TidemarkError && (error.canRetry || error.code === 'TM_FENCED');
}
