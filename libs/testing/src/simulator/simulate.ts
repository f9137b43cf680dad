import type { Task } from '@tidemark/runtime';
import { checkResults, checkState } from './checker/check.ts';
import type { FaultCounts } from './fault-kinds.ts';
import { scheduleDeath, scheduleFaults } from './fault-schedule.ts';
import { checkLoss, loseInput } from './input-loss.ts';
import { drawParameters, hasIdleness, type Parameters, readSources, sourceOf } from './parameters.ts';
import { feed } from './feed.ts';
import { passGhosts } from './pass-ghosts.ts';
import { type Slot, Supervisor } from './supervisor.ts';
import { CLEANER, COUNTER, createTopologies } from './topologies.ts';
import { drawGhosts, drawVisits, SECOND_ROUND_MS, type Visit } from './visits.ts';
import type { OpenWireReader } from './wire-reader.ts';
import { createWorld, START_MS, type World } from './world.ts';

/** What one run came to. */
export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly faults: FaultCounts;
  /** The same for the same seed. */
  readonly traceHash: string;
  readonly visits: number;
  readonly commits: number;
  readonly modelMs: number;
  /** What happened in the model: arrivals, answers, timers. */
  readonly modelEvents: number;
}

export interface SimulateOptions {
  /** Is given each line of the trace. */
  readonly onLine?: ((line: string) => void) | undefined;
  /**
   * Gives readers the broker's answers as bytes, aborted records and all, to be read by the real code, which this lib
   * must not know. Left out: readers get what is committed from the model.
   */
  readonly openWireReader?: OpenWireReader | undefined;
}

/** How long a healthy world may take until all is done, ms. Longer is a violation: progress must be made. */
const SETTLE_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 120_000;
/** A task whose input is gone says so at the latest then. */
const STOP_AFTER_LOSS_MS = 60_000;
const STEP_MS = 1_000;
/** What was slow when all became healthy may still be on its way for so long. */
const LATE_FETCH_MS = 6_000;
const LATE_MARKER_MS = 4_000;
const USUAL_DELAY_MS = 2_000;
/** Until the last member has heard what a rebalance has decided. */
const LONGEST_REBALANCE_MS = 4_000;

/**
 * One run: workers on the real runtime, over model Kafka, model Redis and a model clock; events, faults, then health,
 * and all that must hold is checked. The seed decides everything.
 */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<SimulationResult> {
  const parameters = drawParameters(seed);
  const world = await createWorld(parameters, options.onLine, options.openWireReader);
  const visits = drawVisits(parameters, START_MS);
  const supervisor = new Supervisor(world);
  startAll(supervisor, parameters);
  feed(world, visits.filter(({ round }) => round === 1), drawGhosts(parameters, START_MS)); // prettier-ignore
  scheduleFaults(world, supervisor);
  if (parameters.death !== undefined) scheduleDeath(world, supervisor, parameters.death.atMs);
  await world.time.runUntil(START_MS + parameters.chaosMs);
  if (world.time.isRestless) world.violations.push(`restless: ${world.time.events} events, and no end of them`);
  heal(world, supervisor);
  const isDone =
    parameters.ending === 'drain' ? await drainAll(world, supervisor) : await untilQuiet(world, supervisor);
  const read = new Set(readSources(parameters));
  const toBeRead = visits.filter((visit) => read.has(sourceOf(visit)));
  const ofFirstRound = ({ round }: Visit) => round === 1;
  if (isDone) checkResults(world, toBeRead.filter(ofFirstRound));
  if (parameters.secondRound !== undefined && world.violations.length === 0) {
    if (await drainAgain(world, supervisor, visits.filter((visit) => !ofFirstRound(visit)))) checkResults(world, toBeRead); // prettier-ignore
  }
  if (isDone && parameters.hasGhostsLast && world.violations.length === 0) await passGhosts(world);
  // What has failed already says enough.
  if (parameters.ending === 'stop' && world.violations.length === 0) await loseSomething(world, supervisor);
  if (world.violations.length === 0) await stopAll(world, supervisor);
  if (world.violations.length === 0) checkState(world);
  return resultOf(world, visits.length);
}

function resultOf(world: World, visits: number): SimulationResult {
  const { parameters, time, trace, history, violations, network } = world;
  return {
    seed: parameters.seed,
    violations,
    faults: network.faults.counts,
    traceHash: trace.hash,
    visits,
    commits: history.commits,
    modelMs: time.now() - START_MS,
    modelEvents: time.events,
  };
}

function startAll(supervisor: Supervisor, parameters: Parameters): void {
  const { cleaners, cleanerDelayMs, counters, answerer } = parameters;
  for (const topology of createTopologies(parameters)) {
    const { instances, delayMs } =
      topology.worker === COUNTER
        ? { instances: counters, delayMs: 0 }
        : topology.worker === CLEANER
          ? { instances: cleaners, delayMs: cleanerDelayMs }
          : answerer!;
    for (let instance = 0; instance < instances; instance += 1) supervisor.add(topology, delayMs);
  }
}

function heal(world: World, supervisor: Supervisor): void {
  world.trace.note('healthy from now on');
  world.isHealthy = true;
  world.redis.setAway(false);
  for (const slot of supervisor.slots) {
    slot.process?.forgetDeath();
    supervisor.thaw(slot);
  }
}

/** Runs until nothing is left to do for longer than any timer of the workers; false when that takes too long. */
async function untilQuiet(world: World, supervisor: Supervisor): Promise<boolean> {
  const { time, history, parameters, violations } = world;
  const { everyMs, quietCommitIntervalMs, checkpointIntervalMs, idleTimeoutMs } = parameters;
  // Who becomes idle has something to say at the latest then.
  const leaseMs = hasIdleness(parameters) ? 3 * idleTimeoutMs : 0;
  const intervalsMs = [everyMs, quietCommitIntervalMs, checkpointIntervalMs, leaseMs + closingMs(parameters)];
  const quietMs = Math.max(...intervalsMs) + longestDelayMs(parameters);
  const deadlineMs = time.now() + SETTLE_WITHIN_MS;
  let quietSinceMs = time.now();
  let effects = -1;
  while (time.now() < deadlineMs) {
    await time.runUntil(time.now() + STEP_MS);
    if (violations.length > 0) return false;
    if (history.effects !== effects || !isAtEnd(world, supervisor)) quietSinceMs = time.now();
    effects = history.effects;
    if (time.now() - quietSinceMs >= quietMs && isSettled(world)) return true;
  }
  violations.push(`stuck: not done ${SETTLE_WITHIN_MS} ms after all was healthy again; ${describe(supervisor)}`);
  return false;
}

/** How long the clock takes to close all windows once all are idle. */
function closingMs({ windowed }: Parameters): number {
  const followers = windowed.filter(({ closesWhenIdle }) => closesWhenIdle);
  return Math.max(0, ...followers.map(({ windowSizeMs, delayMs }) => windowSizeMs + delayMs));
}

function longestDelayMs({ kinds, callFaultRate }: Parameters): number {
  if (callFaultRate === 0) return USUAL_DELAY_MS;
  if (kinds.has('fetch-late')) return LATE_FETCH_MS;
  return kinds.has('marker-late') ? LATE_MARKER_MS : USUAL_DELAY_MS;
}

/** Whether nothing is under way just now: who is idle says so again and again. */
function isSettled({ log, network, time }: World): boolean {
  const [oldestCallMs = Infinity] = network.unanswered.values();
  return !log.hasOpenTransaction() && oldestCallMs >= time.now() - STEP_MS;
}

/** Whether all processes run, every task has an owner that has taken it over, and nothing is left to read. */
function isAtEnd({ taskIds }: World, { slots }: Supervisor): boolean {
  if (slots.some(({ worker }) => worker === undefined)) return false;
  const tasks = slots.flatMap(({ worker }) => worker!.runners.flatMap(({ task }) => task ?? []));
  const ids = new Set(tasks.map(({ plan }) => plan.id));
  if (tasks.length !== taskIds.length || ids.size !== taskIds.length) return false;
  return tasks.every((task) => task.lag.total === 0 && hasAllAnswers(task));
}

/** Whether a first answer has come for each input: before it, nobody knows what there is to read. */
function hasAllAnswers({ position, latestOffsets }: Task): boolean {
  return Object.keys(position.inputs).every((topic) => topic in latestOffsets);
}

function describe({ slots }: Supervisor): string {
  const states = slots.map(({ worker, process, topology }) => {
    if (worker === undefined) return `${process?.name ?? topology.worker} has not started`;
    const tasks = worker.runners.map(
      ({ plan, task, error }) => `${plan.id} ${error?.message ?? task?.lag.total ?? 'restoring'}`,
    );
    return `${process?.name}: ${tasks.join(', ')}`;
  });
  return states.join('; ');
}

/** Drains worker after worker, as an operator does with a chain. False when that takes too long. */
async function drainAll(world: World, supervisor: Supervisor): Promise<boolean> {
  for (const worker of new Set(supervisor.slots.map(({ topology }) => topology.worker))) {
    await rebalanceBefore(world, worker);
    supervisor.drain(worker);
    const isGone = ({ topology, isDone, process }: Slot) =>
      topology.worker !== worker || (isDone && process === undefined);
    if (await holdsWithin(world, SETTLE_WITHIN_MS, () => supervisor.slots.every(isGone) && isWritten(world))) continue;
    if (world.violations.length === 0) {
      world.violations.push(`stuck: ${worker} has not drained within ${SETTLE_WITHIN_MS} ms; ${describe(supervisor)}`);
    }
    return false;
  }
  return true;
}

/**
 * Now and then some members have heard of a rebalance when a drain begins, and others have not: who has nothing to do just
 * then may be about to get a task that nobody has any more.
 */
async function rebalanceBefore({ network, time, groupOf }: World, worker: string): Promise<void> {
  const { chance } = network;
  if (chance.happens(0.5)) return;
  groupOf(worker).rebalance();
  await time.runUntil(time.now() + chance.between(0, LONGEST_REBALANCE_MS));
}

/** Feeds what is left, while all run or nobody does, and drains once more. False when that takes too long. */
async function drainAgain(world: World, supervisor: Supervisor, visits: readonly Visit[]): Promise<boolean> {
  const { time, parameters } = world;
  world.trace.note('second round');
  world.isStartedAgain = parameters.secondRound === 'run';
  if (world.isStartedAgain) supervisor.startAgain();
  feed(world, visits, []);
  await time.runUntil(time.now() + SECOND_ROUND_MS);
  // Who begins to drain before it has begun to run may be believed what it has said at the end of the first round.
  if (world.isStartedAgain) await holdsWithin(world, SETTLE_WITHIN_MS, () => isUnderWayAgain(world, supervisor));
  return drainAll(world, supervisor);
}

/** Whether each task has an owner, which has taken back that it is done. */
function isUnderWayAgain(world: World, supervisor: Supervisor): boolean {
  const { taskIds, history } = world;
  return isAtEnd(world, supervisor) && taskIds.every((id) => history.tasks.get(id)?.last?.done === false);
}

/** Whether what was decided stands in the log: markers take their time. */
function isWritten({ log }: World): boolean {
  return !log.hasOpenTransaction() && !log.isSettlingAny();
}

async function loseSomething(world: World, supervisor: Supervisor): Promise<void> {
  const { loss } = world.parameters;
  if (loss === undefined) return;
  const { lost } = world;
  await loseInput(world, supervisor, loss);
  const haveStopped = () => [...lost.keys()].every((id) => supervisor.stopped.has(id));
  if (!(await holdsWithin(world, STOP_AFTER_LOSS_MS, haveStopped))) {
    world.violations.push(`lost input: ${[...lost.keys()]} had to stop, ${[...supervisor.stopped.keys()]} did`);
  }
  checkLoss(world, supervisor);
}

/** False when it does not come to hold in time, or something is violated before. */
async function holdsWithin({ time, violations }: World, ms: number, holds: () => boolean): Promise<boolean> {
  const deadlineMs = time.now() + ms;
  while (!holds() && violations.length === 0 && time.now() < deadlineMs) await time.runUntil(time.now() + STEP_MS);
  return violations.length === 0 && holds();
}

async function stopAll({ time, violations }: World, supervisor: Supervisor): Promise<void> {
  supervisor.stopAll();
  const deadlineMs = time.now() + STOP_WITHIN_MS;
  const isStopped = () => supervisor.slots.every(({ process }) => process === undefined);
  while (!isStopped() && time.now() < deadlineMs) await time.runUntil(time.now() + STEP_MS);
  if (!isStopped()) violations.push(`stuck: not stopped within ${STOP_WITHIN_MS} ms`);
}
