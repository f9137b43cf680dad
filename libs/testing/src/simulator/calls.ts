import type { Chance } from './chance.ts';
import type { FaultKind, FaultTally } from './fault-kinds.ts';
import type { ModelTime } from './model-time.ts';
import type { SimProcess } from './sim-process.ts';

/** What all that talks over the simulated network shares. */
export interface Network {
  readonly time: ModelTime;
  readonly chance: Chance;
  readonly faults: FaultTally;
  readonly note: (line: string) => void;
  /** Whether a fault of this kind is to happen now; the rate is per call, or `times` that for what few calls can meet. */
  readonly isHit: (kind: FaultKind, times?: number) => boolean;
  /** How long a message is under way, ms, when nothing goes wrong. */
  readonly travelMs: () => number;
  /** When each call began that has no answer yet, epoch ms, oldest first. */
  readonly unanswered: Map<object, number>;
}

/** One request from a process, and how it is answered. */
export interface Call<T> {
  readonly process: SimProcess;
  readonly name: string;
  /** What the server does when the request arrives; a throw is an answer as well. */
  readonly effect: () => Promise<T>;
  readonly timeoutMs: number;
  /** What the process is told when no answer comes. */
  readonly failure: (why: string) => Error;
  /** Kinds of faults that this call may meet. */
  readonly kinds: CallFaults;
  /** How much likelier than other calls it meets them; 1 when left out. */
  readonly times?: number;
}

/** The names under which a service counts what happens to its calls; left out: does not happen. */
export interface CallFaults {
  readonly requestLost?: FaultKind;
  readonly replyLost?: FaultKind;
  readonly requestLate?: FaultKind;
  readonly replyLate?: FaultKind;
}

/** One for each: a promise that all shared would keep whoever waits for it, of all runs. */
const never = () => new Promise<never>(() => {});

/**
 * Sends a request: it arrives later or never, has its effect then, whatever became of the sender, and the reply comes
 * later or never. The process may die before it, behind the effect, or as the reply arrives.
 */
export function callOver<T>(network: Network, call: Call<T>): Promise<T> {
  const { time } = network;
  const { process, name } = call;
  const death = process.beginCall();
  if (death === 'before') process.die();
  if (process.isDead) return never();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  network.unanswered.set(call, time.now());
  const fail = (why: string) => {
    network.unanswered.delete(call);
    process.receive(() => reject(call.failure(`${name}: ${why}`)));
  };
  const cancelTimeout = time.schedule(call.timeoutMs, () => fail('no answer in time'));
  const answer = (fn: () => void) => {
    if (death === 'after effect') process.die();
    if (hit(network, call, call.kinds.replyLost)) return breakOff(network, () => fail('connection lost'));
    time.schedule(delayMs(network, call, call.kinds.replyLate), () => {
      if (death === 'with the reply') process.die();
      cancelTimeout();
      network.unanswered.delete(call);
      process.receive(fn);
    });
  };
  if (hit(network, call, call.kinds.requestLost)) {
    breakOff(network, () => fail('connection lost'));
    return promise;
  }
  time.schedule(delayMs(network, call, call.kinds.requestLate), () => {
    network.note(`${process.name} ${name}`);
    call.effect().then(
      (value) => answer(() => resolve(value)),
      (error: Error) => answer(() => reject(error)),
    );
  });
  return promise;
}

function hit(network: Network, { process, name, times }: Call<unknown>, kind: FaultKind | undefined): boolean {
  if (kind === undefined || !network.isHit(kind, times)) return false;
  network.faults.add(kind, `${process.name} ${name}`);
  return true;
}

/** A connection that breaks is noticed soon, or not before the time-out. */
function breakOff({ time, chance }: Network, fail: () => void): void {
  if (chance.happens(0.5)) time.schedule(chance.between(1, 50), fail);
}

function delayMs(network: Network, call: Call<unknown>, kind: FaultKind | undefined): number {
  const { chance } = network;
  if (hit(network, call, kind)) return chance.between(100, 2 * call.timeoutMs);
  return chance.happens(0.05) ? chance.between(5, 200) : network.travelMs();
}
