import { killBroker, restartBroker } from './broker-faults.ts';
import type { Fault } from './fault.ts';
import { flushRedis, killRedisEmpty, killRedisKeep, loadOldDump } from './redis-faults.ts';
import { cutWay, delayWay, stallWay, toKafka, toRedis } from './way-faults.ts';
import { freezeWorker, joinWorker, killWorker, leaveWorker, zombieWorker } from './worker-faults.ts';

/** All that can happen, by name. */
export const FAULTS = {
  'worker-kill': killWorker,
  'worker-zombie': zombieWorker,
  'worker-freeze': freezeWorker,
  'rebalance-join': joinWorker,
  'rebalance-leave': leaveWorker,
  'broker-restart': restartBroker,
  'broker-kill': killBroker,
  'kafka-cut': cutWay(toKafka),
  'kafka-delay': delayWay(toKafka),
  'kafka-stall': stallWay(toKafka),
  'redis-kill': killRedisKeep,
  'redis-kill-empty': killRedisEmpty,
  'redis-flush': flushRedis,
  'redis-old-dump': loadOldDump,
  'redis-cut': cutWay(toRedis),
  'redis-delay': delayWay(toRedis),
} as const satisfies Record<string, Fault>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** How often each is drawn once all have come: what ends a task's life more often than what only slows it down. */
const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  'worker-kill': 5,
  'worker-zombie': 3,
  'worker-freeze': 2,
  'rebalance-join': 1,
  'rebalance-leave': 1,
  'broker-restart': 1,
  'broker-kill': 2,
  'kafka-cut': 3,
  'kafka-delay': 1,
  'kafka-stall': 2,
  'redis-kill': 1,
  'redis-kill-empty': 1,
  'redis-flush': 1,
  'redis-old-dump': 2,
  'redis-cut': 1,
  'redis-delay': 1,
};

/** The kinds without end: first each of them once, in any order, then by weight. */
export function* drawKinds(random: (below: number) => number, kinds = FAULT_KINDS): Generator<FaultKind, never> {
  const first = [...kinds];
  while (first.length > 0) yield first.splice(random(first.length), 1)[0]!;
  const lots = kinds.flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));
  for (;;) yield lots[random(lots.length)]!;
}
