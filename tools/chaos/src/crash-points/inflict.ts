import { type CrashCase, isOfFirstTakeOver, isOfStart, ordersOf, progressOrder } from './cases.ts';
import type { CrashingWorker } from './worker-process.ts';

export interface Inflicting {
  /** Starts a worker that obeys these orders. */
  readonly start: (orders: readonly string[]) => CrashingWorker;
  /** Told of each case once it has happened, or could not be made to happen. */
  readonly onCase: (oneCase: CrashCase, failure?: string) => void;
}

/** Restore, rebalance after a death (a session's time-out), progress: all on a busy machine. */
const HAPPENS_WITHIN_MS = 120_000;
const ENDS_WITHIN_MS = 20_000;
/** What a worker logs when the group gives it its tasks. */
const ASSIGNMENT = '"msg":"assignment"';

/** One process per case; each dies, and the next one takes over. */
export async function inflictKills(cases: readonly CrashCase[], { start, onCase }: Inflicting): Promise<void> {
  for (const oneCase of cases) {
    const orders = ordersAfterProgress(oneCase);
    const worker = start(orders);
    await attempt(oneCase, onCase, async () => {
      const end = await worker.ended(HAPPENS_WITHIN_MS);
      if (end !== 'SIGKILL' || worker.obeyed < orders.length) {
        throw new Error(`${worker.name} ended by ${end}\n${worker.log.join('\n')}`);
      }
      onCase(oneCase);
    });
    await endNow(worker);
  }
}

interface Zombie {
  readonly oneCase: CrashCase;
  readonly worker: CrashingWorker;
}

/**
 * Two processes per case: one stops, the other takes over and makes progress, and only then the stopped one goes on: a
 * zombie, which believes for a moment that the task is still its own.
 */
export async function inflictStops(cases: readonly CrashCase[], inflicting: Inflicting): Promise<void> {
  for (const oneCase of cases) {
    const zombie = await untilStopped(oneCase, inflicting);
    if (zombie !== undefined) await revive([zombie], inflicting);
  }
}

/** Tasks that nobody has ever owned are used up by an heir: it comes once all have stopped. */
export async function inflictFirstStops(cases: readonly CrashCase[], inflicting: Inflicting): Promise<void> {
  const zombies: Zombie[] = [];
  for (const oneCase of cases) {
    const zombie = await untilStopped(oneCase, inflicting);
    if (zombie !== undefined) zombies.push(zombie);
  }
  await revive(zombies, inflicting);
}

async function untilStopped(oneCase: CrashCase, { start, onCase }: Inflicting): Promise<Zombie | undefined> {
  const orders = ordersAfterProgress(oneCase);
  const worker = start(orders);
  const isStopped = await attempt(oneCase, onCase, () =>
    worker.until(`obeys ${orders.join(', ')}`, ({ obeyed }) => obeyed === orders.length, HAPPENS_WITHIN_MS),
  );
  if (isStopped) return { oneCase, worker };
  await endNow(worker);
  return undefined;
}

/** Lets stopped processes go on once an heir has made progress, and ends each when the group has it again. */
async function revive(zombies: readonly Zombie[], { start, onCase }: Inflicting): Promise<void> {
  const [first] = zombies;
  if (first === undefined) return;
  const heir = start([progressOrder(first.oneCase.shape)]);
  for (const { oneCase, worker } of zombies) {
    await attempt(oneCase, onCase, async () => {
      await heir.until('makes progress', ({ obeyed }) => obeyed > 0, HAPPENS_WITHIN_MS);
      const assignments = worker.count(ASSIGNMENT);
      worker.signal('SIGCONT');
      await worker.until('is in the group again', (it) => it.count(ASSIGNMENT) > assignments, HAPPENS_WITHIN_MS);
      onCase(oneCase);
    });
    await endNow(worker);
  }
  await endNow(heir);
}

/**
 * One process for all cases of a shape, which lives through each; a new one only when a case could not be made to
 * happen. What each process passes once, as it starts, has a process for each case.
 */
export async function inflictFailures(cases: readonly CrashCase[], inflicting: Inflicting): Promise<void> {
  const alone = cases.filter(({ point }) => isOfStart(point) && !isOfFirstTakeOver(point));
  for (const oneCase of alone) await inflictSome([oneCase], inflicting);
  const together = cases.filter((oneCase) => !alone.includes(oneCase));
  for (let done = 0; done < together.length;) done += await inflictSome(together.slice(done), inflicting);
}

/** @returns how many of the cases are settled */
async function inflictSome(cases: readonly CrashCase[], { start, onCase }: Inflicting): Promise<number> {
  const orders = cases.map(ordersWithProgress);
  const worker = start(orders.flat());
  let due = 0;
  let settled = 0;
  let goesOn = true;
  while (goesOn && settled < cases.length) {
    const oneCase = cases[settled]!;
    const own = orders[settled]!;
    due += own.length;
    goesOn = await attempt(oneCase, onCase, async () => {
      await worker.until(`obeys ${own.join(', ')}`, ({ obeyed }) => obeyed >= due, HAPPENS_WITHIN_MS);
      onCase(oneCase);
    });
    settled += 1;
  }
  await endNow(worker);
  return settled;
}

/** Orders that wait for progress since the fault before, where there can be any, then make the case happen. */
function ordersAfterProgress(oneCase: CrashCase): string[] {
  return isOfStart(oneCase.point) ? ordersOf(oneCase) : [progressOrder(oneCase.shape), ...ordersOf(oneCase)];
}

function ordersWithProgress(oneCase: CrashCase): string[] {
  return isOfFirstTakeOver(oneCase.point) ? ordersOf(oneCase) : [...ordersOf(oneCase), progressOrder(oneCase.shape)];
}

/** @returns whether it went well; what did not is told */
async function attempt(oneCase: CrashCase, onCase: Inflicting['onCase'], act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    onCase(oneCase, (error as Error).message);
    return false;
  }
}

/** Asked to stop, and woken in case it was stopped before; killed when it does not end in time. */
async function endNow(worker: CrashingWorker): Promise<void> {
  if (worker.end !== undefined) return;
  worker.signal('SIGCONT');
  worker.signal('SIGTERM');
  await worker.ended(ENDS_WITHIN_MS).catch(() => worker.signal('SIGKILL'));
}
