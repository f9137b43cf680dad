import { keepDump } from '../faults/redis-faults.ts';
import { drawKinds, type FaultKind, FAULTS } from '../faults/kinds.ts';
import { type FaultRecord, missingKinds } from '../report.ts';
import { pauseFor, type ProgressWatch, watchProgress } from './progress.ts';
import { untilAllBusy } from './until-all-busy.ts';
import type { World } from './world.ts';

export interface FaultRun {
  readonly minutes: number;
  /** The kinds that come. */
  readonly kinds: readonly FaultKind[];
  /** Whether to go on until each of them has come, if that takes longer. */
  readonly eachKind: boolean;
  /** Gets each fault. */
  readonly faults: FaultRecord[];
  /** Gets what did not go on in time. */
  readonly stuck: string[];
}

/** A busy machine gets so much longer for the first round of all kinds. */
const LONGER_MS = 300_000;
const WARM_UP_MS = 4_000;
const WATCH_MS = 6_000;
/** A dead broker, a session and a transaction that have to time out, and a restore, one after another. */
const MOVES_WITHIN_MS = 90_000;

/**
 * One fault after another, each only once all busy tasks have committed something after the one before; none where a worker
 * has no such task.
 */
export async function injectFaults(world: World, run: FaultRun): Promise<void> {
  const endMs = performance.now() + run.minutes * 60_000;
  await pauseFor(WARM_UP_MS, world.signal);
  const progress = await untilAllBusy(() => watchProgress(world, WATCH_MS), run.stuck);
  if (progress === undefined) return;
  world.print(`${progress.busy.length} tasks are busy`);
  const kinds = drawKinds(world.random, run.kinds);
  while (performance.now() < (isRoundOver(run) ? endMs : endMs + LONGER_MS)) {
    const kind = kinds.next().value;
    await injectOne(world, run, kind, progress);
    keepDump(world);
  }
}

function isRoundOver({ eachKind, kinds, faults }: FaultRun): boolean {
  return !eachKind || missingKinds(kinds, faults).length === 0;
}

async function injectOne(world: World, run: FaultRun, kind: FaultKind, progress: ProgressWatch): Promise<void> {
  const startMs = performance.now();
  const { isOpen, what } = await FAULTS[kind](world);
  const faultMs = Math.round(performance.now() - startMs);
  run.faults.push({ kind, isOpen, what });
  const still = await progress.untilAllMove(MOVES_WITHIN_MS);
  run.stuck.push(...still.map((name) => `${name} did not move after fault ${run.faults.length}, ${kind} ${what}`));
  const movedMs = Math.round(performance.now() - startMs) - faultMs;
  const number = String(run.faults.length).padStart(3);
  const moment = isOpen ? 'in a transaction' : 'between';
  world.print(
    `${number} ${new Date().toISOString()} ${kind} ${what}; ${moment}; ${faultMs} ms, all moved ${movedMs} ms later`,
  );
}
