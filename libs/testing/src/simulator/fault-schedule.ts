import { partialsTopic, repartitionTopic, topics } from '@tidemark/schemas';
import { createChance } from './chance.ts';
import type { TaskHistory } from './commit-history.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { Slot, Supervisor } from './supervisor.ts';
import { ANSWERER, CLEAN, CLEANER, COUNTER, SORT, SPREAD } from './topologies.ts';
import type { World } from './world.ts';

/** Most processes of one worker. */
const MOST_INSTANCES = 4;

/** How often one task is fenced from outside at most. */
const MOST_FENCES = 1;

/** Orders the faults that come from outside of any call, at random times, until the world is healthy. */
export function scheduleFaults(world: World, supervisor: Supervisor): void {
  const chance = createChance(world.parameters.seed, 3);
  const { kinds, faultEveryMs } = world.parameters;
  const actions = createActions(world, supervisor);
  const enabled = (Object.keys(actions) as (keyof typeof actions)[]).filter((kind) => kinds.has(kind));
  if (enabled.length === 0) return;
  const next = () => {
    world.time.schedule(chance.between(1, 2 * faultEveryMs), () => {
      if (world.isHealthy) return;
      const kind = chance.one(enabled);
      actions[kind](kind);
      next();
    });
  };
  next();
}

/** The process dies that owns the first task of all. */
export function scheduleDeath(world: World, supervisor: Supervisor, atMs: number): void {
  world.time.schedule(atMs, () => {
    const [first] = world.taskIds;
    const slot = supervisor.slots.find(({ worker }) => worker?.runners.some(({ plan }) => plan.id === first));
    if (slot?.process === undefined) return;
    world.network.faults.add('kill', slot.process.name);
    supervisor.kill(slot);
  });
}

type Action = (kind: FaultKind) => void;

function createActions(world: World, supervisor: Supervisor) {
  const chance = createChance(world.parameters.seed, 4);
  const { faults } = world.network;
  const onSlot = (act: (slot: Slot, kind: FaultKind) => void): Action => {
    return (kind) => {
      const slot = chance.one(supervisor.slots.filter(({ process }) => process !== undefined && !process.isFrozen));
      if (slot === undefined) return;
      faults.add(kind, slot.process!.name);
      act(slot, kind);
    };
  };
  const freezeFor = (slot: Slot, ms: number) => {
    const { process } = slot;
    supervisor.freeze(slot);
    world.time.schedule(ms, () => slot.process === process && supervisor.thaw(slot));
  };
  // What a writer would soon put right again counts only for who takes over before that: one task, or all of a worker.
  const takeOverSoon = () => {
    // The older a checkpoint is, the more of what its take-over would need has been cleaned away, by then or before it.
    if (kinds.has('compaction')) {
      if (chance.happens(0.5)) actions.compaction('compaction');
      if (chance.happens(0.5)) world.time.schedule(chance.between(100, 10_000), () => actions.compaction('compaction'));
    }
    if (!kinds.has('kill') || chance.happens(0.5)) return;
    const one = chance.one(supervisor.slots);
    const killsAll = chance.happens(0.5);
    for (const slot of supervisor.slots) {
      if (slot.process === undefined || !(slot === one || (killsAll && slot.topology === one.topology))) continue;
      faults.add('kill', slot.process.name);
      supervisor.kill(slot);
    }
  };
  const onRedis = (act: () => void): Action => {
    return (kind) => {
      faults.add(kind);
      act();
      takeOverSoon();
    };
  };
  const { sessionTimeoutMs, kinds } = world.parameters;
  const fenced = new Map<string, number>();
  const compactions: Compactions = new Map();
  const actions = {
    kill: onSlot((slot) => supervisor.kill(slot)),
    'kill-at-call': () => {
      const slot = chance.one(supervisor.slots.filter(({ process }) => process !== undefined));
      const when = chance.one(['before', 'after effect', 'with the reply'] as const);
      if (slot !== undefined) supervisor.killAtCall(slot, { inCalls: chance.between(1, 20), when });
    },
    freeze: onSlot((slot) => freezeFor(slot, chance.between(1, sessionTimeoutMs - 1))),
    zombie: onSlot((slot) => freezeFor(slot, sessionTimeoutMs + chance.between(1, 20_000))),
    restart: onSlot((slot) => supervisor.stop(slot)),
    'scale-out': (kind) => {
      const { topology } = chance.one(supervisor.slots);
      if (topology.worker === COUNTER && world.parameters.assigned !== undefined) return;
      if (supervisor.slots.filter((slot) => slot.topology === topology).length >= MOST_INSTANCES) return;
      faults.add(kind, topology.worker);
      supervisor.add(topology);
    },
    rebalance: onSlot(({ topology }) => world.groupOf(topology.worker).rebalance()),
    fence: (kind) => {
      const id = chance.one([...world.history.tasks.keys()]);
      // A task that is fenced again and again while the group says it is ours stops for good, as it should.
      if (id === undefined || (fenced.get(id) ?? 0) >= MOST_FENCES) return;
      fenced.set(id, (fenced.get(id) ?? 0) + 1);
      faults.add(kind, id);
      world.log.expireTransaction(`tidemark.${id.replaceAll('/', '.')}`);
    },
    'changelog-held': (kind) => {
      const task = chance.one([...world.history.tasks.values()]);
      if (task === undefined) return;
      faults.add(kind, `${task.changelogTopic}/${task.partition}`);
      void holdChangelog(world, task, chance.between(500, 20_000));
    },
    compaction: (kind: FaultKind) => {
      faults.add(kind);
      compact(world, compactions);
    },
    retention: (kind) => {
      // Retention is longer than any freeze and any take-over: who is in the middle of one must still find its position.
      const isUnderWay = ({ process, worker }: Slot) => {
        return process?.isFrozen === true || (worker?.runners ?? []).some(({ task }) => task === undefined);
      };
      if (supervisor.slots.some(isUnderWay)) return;
      faults.add(kind);
      dropConsumed(world, supervisor);
    },
    'redis-lost': onRedis(() => world.redis.loseEverything()),
    'redis-old-dump': onRedis(() => world.redis.loseWrites(chance.below(world.redis.writes + 1))),
    'redis-suffix-lost': onRedis(() => world.redis.loseWrites(chance.between(1, 5))),
    'redis-foreign': onRedis(() => world.redis.replaceByForeign()),
    'redis-away': (kind) => {
      faults.add(kind);
      world.redis.setAway(true);
      world.time.schedule(chance.between(500, 20_000), () => {
        world.redis.setAway(false);
        if (!world.isHealthy) takeOverSoon();
      });
    },
  } satisfies Partial<Record<FaultKind, Action>>;
  return actions;
}

/** Somebody writes there in a transaction of his own, which stays open for a while and is aborted: nobody reads past it. */
async function holdChangelog({ log, time }: World, task: TaskHistory, ms: number): Promise<void> {
  const { changelogTopic: topic, partition } = task;
  const producer = await log.producers.open(`stranger-${topic}-${partition}-${time.now()}`);
  const transaction = await producer.begin();
  await transaction.send([{ topic, partition, key: 'row:stranger', value: 'no row' }]);
  await time.sleep(ms);
  await transaction.abort();
}

/** What the broker's cleaner may do at any time, and no more. */
function compact({ log, time, history, parameters }: World, compactions: Compactions): void {
  const nowMs = time.now();
  const changelogs = new Map<string, number>();
  for (const { changelogTopic: topic, partition } of history.tasks.values()) {
    changelogs.set(topic, Math.min(changelogs.get(topic) ?? nowMs, openSinceMs(log, topic, partition) ?? nowMs));
  }
  for (const [topic, untilMs] of changelogs) {
    // A tombstone lives on for that long after the first compaction that has met it: who has read what it removes gets it.
    const met = compactions.get(topic) ?? [];
    const dropTombstonesBeforeMs = met.findLast(({ atMs }) => atMs <= nowMs - parameters.deleteRetentionMs)?.untilMs;
    log.compact(topic, dropTombstonesBeforeMs === undefined ? {} : { dropTombstonesBeforeMs });
    compactions.set(topic, [...met, { atMs: nowMs, untilMs }]);
  }
  log.compact(topics.manifests.topic);
  log.compact(topics.frontiers.topic, { beforeMs: nowMs - FRONTIER_LAG_MS });
}

/** Compactions of a topic: when, and up to which time it has met all that was written. */
type Compactions = Map<string, readonly { readonly atMs: number; readonly untilMs: number }[]>;

/** When the oldest record was written that no compaction reaches, since its transaction is open. */
function openSinceMs(log: World['log'], topic: string, partition: number): number | undefined {
  const { entries } = log.raw(topic, partition, 0, Infinity);
  return entries.find(({ transaction, record }) => record !== undefined && transaction?.status === 'open')?.record
    ?.timestampMs;
}

/** As the catalogue sets it. */
const FRONTIER_LAG_MS = 60_000;

/** Drops what all have read. */
function dropConsumed({ log, history, parameters }: World, { slots }: Supervisor): void {
  const { isChain, spread, sorts, partitions, callsGoTo } = parameters;
  const firstOfCounter = `${COUNTER}/${spread > 0 ? SPREAD : 'combine'}`;
  const firstOfCleaner = `${CLEANER}/${sorts > 0 ? SORT : CLEAN}`;
  const first = isChain ? firstOfCleaner : firstOfCounter;
  const readerOfCalls = { 'first worker': first, counter: firstOfCounter, answerer: `${ANSWERER}/${CLEAN}` }[callsGoTo];
  const readers = [
    // What was cleaned stays: the checker reads all of it.
    { stage: first, topic: 'visits' },
    ...(partitions.calls > 0 ? [{ stage: readerOfCalls, topic: 'calls' }] : []),
    ...(sorts > 0 ? [{ stage: `${CLEANER}/${CLEAN}`, topic: repartitionTopic(CLEANER, SORT) }] : []),
    ...(spread > 0 ? [{ stage: `${COUNTER}/combine`, topic: repartitionTopic(COUNTER, SPREAD) }] : []),
    { stage: `${COUNTER}/merge`, topic: partialsTopic(COUNTER, 'combine') },
  ];
  const running = slots.flatMap(({ worker }) => worker?.runners ?? []);
  for (const [id, { partition, last }] of history.tasks) {
    const own = running.flatMap(({ plan, task }) => (plan.id === id && task !== undefined ? task.position : []));
    for (const { stage, topic } of readers) {
      if (!id.startsWith(`${stage}/`) || last?.inputs[topic] === undefined) continue;
      log.truncate(topic, partition, Math.min(...[last, ...own].map(({ inputs }) => inputs[topic]!)));
    }
  }
}
