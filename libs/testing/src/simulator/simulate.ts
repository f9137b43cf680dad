import { checkResults, checkState } from './checker/check.ts';
import type { FaultCounts } from './fault-kinds.ts';
import { scheduleFaults } from './fault-schedule.ts';
import { drawParameters, type Parameters } from './parameters.ts';
import { Supervisor } from './supervisor.ts';
import { createTopologies } from './topologies.ts';
import { drawVisits, type Visit } from './visits.ts';
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

/** How long a healthy world may take until all is done, ms. Longer is a violation: progress must be made. */
const SETTLE_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 120_000;
const STEP_MS = 1_000;
/** What was slow when all became healthy is still on its way: a late fetch takes 5 s, a late marker 3 s. */
const LONGEST_DELAY_MS = 6_000;

/**
 * One run: workers on the real runtime, over model Kafka, model Redis and a model clock; events, faults, then health,
 * and all that must hold is checked. The seed decides everything.
 * @param onLine is given each line of the trace
 */
export async function simulate(seed: number, onLine?: (line: string) => void): Promise<SimulationResult> {
  const parameters = drawParameters(seed);
  const world = await createWorld(parameters, onLine);
  const visits = drawVisits(parameters, START_MS);
  const supervisor = new Supervisor(world);
  startAll(supervisor, parameters);
  feed(world, visits);
  scheduleFaults(world, supervisor);
  await world.time.runUntil(START_MS + parameters.chaosMs);
  heal(world, supervisor);
  const isDone = await untilQuiet(world, supervisor);
  if (isDone) checkResults(world, visits);
  // What has failed already says enough.
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
  const topologies = createTopologies(parameters);
  for (const topology of topologies) {
    const instances = topology === topologies.at(-1) ? parameters.counters : parameters.cleaners;
    for (let instance = 0; instance < instances; instance += 1) supervisor.add(topology);
  }
}

function feed({ time, log }: World, visits: readonly Visit[]): void {
  for (const visit of visits) {
    time.schedule(visit.fedAtMs, () => log.append('visits', visit.partition, [{ value: JSON.stringify(visit) }]));
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
  const quietMs =
    Math.max(parameters.everyMs, parameters.quietCommitIntervalMs, parameters.checkpointIntervalMs) + LONGEST_DELAY_MS;
  const deadlineMs = time.now() + SETTLE_WITHIN_MS;
  let quietSinceMs = time.now();
  let effects = -1;
  while (time.now() < deadlineMs) {
    await time.runUntil(time.now() + STEP_MS);
    if (violations.length > 0) return false;
    if (history.effects !== effects || !isAtEnd(world, supervisor)) quietSinceMs = time.now();
    effects = history.effects;
    if (time.now() - quietSinceMs >= quietMs) return true;
  }
  violations.push(`stuck: not done ${SETTLE_WITHIN_MS} ms after all was healthy again; ${describe(supervisor)}`);
  return false;
}

/** Whether all processes run, every task has an owner that has taken it over, and nothing is left to read or open. */
function isAtEnd({ log, taskIds, network, time }: World, { slots }: Supervisor): boolean {
  const [oldestCallMs = Infinity] = network.unanswered.values();
  if (log.hasOpenTransaction() || oldestCallMs < time.now() - STEP_MS) return false;
  if (slots.some(({ worker }) => worker === undefined)) return false;
  const tasks = slots.flatMap(({ worker }) => worker!.runners.flatMap(({ task }) => task ?? []));
  const ids = new Set(tasks.map(({ plan }) => plan.id));
  if (tasks.length !== taskIds.length || ids.size !== taskIds.length) return false;
  return tasks.every(({ lag, latestOffsets }) => lag.total === 0 && Object.keys(latestOffsets).length > 0);
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

async function stopAll({ time, violations }: World, supervisor: Supervisor): Promise<void> {
  supervisor.stopAll();
  const deadlineMs = time.now() + STOP_WITHIN_MS;
  const isStopped = () => supervisor.slots.every(({ process }) => process === undefined);
  while (!isStopped() && time.now() < deadlineMs) await time.runUntil(time.now() + STEP_MS);
  if (!isStopped()) violations.push(`stuck: not stopped within ${STOP_WITHIN_MS} ms`);
}
