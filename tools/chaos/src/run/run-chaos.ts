import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { unlessAborted } from '@tidemark/launcher';
import { ensureSystemPackage, waitUntil } from '@tidemark/stack';
import { createRandom } from '@tidemark/testing';
import { type CheckReport, checkRun } from '../checker/check-run.ts';
import { kcatHistory } from '../checker/kcat-history.ts';
import { redisCheckpoints } from '../checker/redis-checkpoints.ts';
import type { AcknowledgedRange } from '../checker/sent-numbers.ts';
import type { ChaosOptions } from '../config.ts';
import { complaintsOf } from '../fleet/complaints.ts';
import { APPS } from '../fleet/fleet.ts';
import { type Load, startLoad } from '../load/run-load.ts';
import { type ChaosResult, type FaultRecord, hasPassed, missingKinds } from '../report.ts';
import { injectFaults } from './inject-faults.ts';
import { untilQuiet } from './progress.ts';
import { createWorld, type World } from './world.ts';

export interface ChaosContext {
  readonly rootDir: string;
  /** Aborted when the run is to end early. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

const INSTANCES_OF_EACH = 2;
const READY_WITHIN_MS = 90_000;
const QUIET_WITHIN_MS = 240_000;
/** A worker looks every ten seconds whether what held a task up is over. */
const WELL_WITHIN_MS = 30_000;
/** Event time runs so much faster than the clock, so that windows close. */
const SPEED = 10;
const START_AGO_S = 3 * 86_400;
/** Nothing is late in the first seconds: no watermark has moved yet. */
const LATE_AFTER_S = 40;
/** The load goes on while the faults do, and this is longer than the last of them may take. */
const LOAD_RESERVE_S = 600;

/** One run, from empty servers to the checker's report; whatever happens, nothing that it started runs afterwards. */
export async function runChaos(context: ChaosContext, options: ChaosOptions): Promise<ChaosResult> {
  const { rootDir, signal, print } = context;
  const dir = join(rootDir, '.tidemark', 'chaos');
  rmSync(dir, { recursive: true, force: true });
  const startMs = performance.now();
  const world = await createWorld({ rootDir, dir, signal, print, random: createRandom(options.seed) });
  let result: ChaosResult | undefined;
  try {
    const outcome = await unlessAborted(liveAndCheck(world, options), signal);
    const seconds = Math.round((performance.now() - startMs) / 1_000);
    const { unexpectedExits, startsGivenUp } = world;
    const { seed, leastFaults: faults, leastOpen: open, leastRecords: records } = options;
    const least = { faults, open, records };
    result = { seed, seconds, least, unexpectedExits, startsGivenUp, ...outcome };
    return result;
  } finally {
    await world.close();
    const keeps = options.keep || (result !== undefined && !hasPassed(result));
    if (keeps) print(`data and logs are in ${dir}`);
    else rmSync(dir, { recursive: true, force: true });
  }
}

type Outcome = Pick<ChaosResult, 'faults' | 'events' | 'stuck' | 'missing' | 'check'>;

async function liveAndCheck(world: World, options: ChaosOptions): Promise<Outcome> {
  const { print } = world;
  // Whoever lacks it is not to hear of that at the end.
  const kcat = await ensureSystemPackage('kcat');
  for (const app of APPS) for (let count = 0; count < INSTANCES_OF_EACH; count++) await world.fleet.start(app);
  await untilReady(world);
  print('all workers are ready; the load begins');
  const load = beginLoad(world, options);
  const faults: FaultRecord[] = [];
  const stuck: string[] = [];
  await injectFaults(world, { ...options, kinds: options.only, faults, stuck });
  const acknowledged = await load.stop();
  print(`${load.sent} events sent; waiting until all is quiet`);
  await settle(world, stuck);
  const check = await checkAll(world, kcat, acknowledged);
  const missing = options.eachKind ? missingKinds(options.only, faults) : [];
  return { faults, events: load.sent, stuck, missing, check };
}

async function untilReady({ fleet, signal }: World): Promise<void> {
  const look = () => {
    signal.throwIfAborted();
    return fleet.instances.every(({ isReady }) => isReady) ? true : undefined;
  };
  if (await waitUntil(look, { deadlineMs: READY_WITHIN_MS, everyMs: 100 })) return;
  const late = fleet.instances.filter(({ isReady }) => !isReady).map(({ name }) => name);
  throw new Error(
    `${late.join(', ')}: not ready within ${READY_WITHIN_MS / 1_000} s; see the logs in .tidemark/chaos/logs`,
  );
}

function beginLoad({ client, signal }: World, { rate, minutes, seed }: ChaosOptions): Load {
  const startS = Math.floor(Date.now() / 1_000) - START_AGO_S;
  return startLoad({
    kafka: client,
    ratePerSecond: rate,
    count: rate * (minutes * 60 + LOAD_RESERVE_S),
    startS,
    eventsPerSecond: rate / SPEED,
    lateFrom: LATE_AFTER_S * rate,
    random: createRandom(seed ^ 0x5eed),
    signal,
  });
}

/** Lets everything come to rest, asks whether all are well, and stops the workers in their ordinary way. */
async function settle(world: World, stuck: string[]): Promise<void> {
  if (!(await untilQuiet(world, QUIET_WITHIN_MS))) stuck.push(`not quiet within ${QUIET_WITHIN_MS / 1_000} s`);
  stuck.push(...(await complaintsOf(world.fleet.instances, WELL_WITHIN_MS)));
  const ends = await world.fleet.stopAll(new AbortController().signal);
  stuck.push(...ends.filter((end) => !end.endsWith(' stopped')));
}

async function checkAll(
  { broker, redis, signal, print }: World,
  kcat: string,
  acknowledged: readonly AcknowledgedRange[],
): Promise<CheckReport> {
  return checkRun({
    history: kcatHistory({ kcat, broker, signal }),
    checkpoints: redisCheckpoints(redis.url, signal),
    acknowledged,
    onProgress: (line) => print(`checking ${line}`),
  });
}
