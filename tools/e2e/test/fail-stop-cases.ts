import { setTimeout as pause } from 'node:timers/promises';
import { setRedisOption } from '../src/check/redis.ts';
import { alterTopic, deleteRecords } from '../src/kafka/disturb-topics.ts';
import { holdTransaction } from '../src/kafka/hold-transaction.ts';
import { createInputTopic, deleteTopics } from '../src/kafka/manage-topics.ts';
import { feedRecords } from '../src/kcat/feed.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { writeAs } from '../src/kcat/write-as.ts';
import type { WorkerName, WorkerProcess } from '../src/workers/worker-process.ts';
import { FED, feed, feedAll, numbers, PARTITIONS, type Running } from './fail-stop-running.ts';
import { abort, ANEW, LEFT, reprocess, reset, type WayOut } from './ways-out.ts';

/** What was done to a worker. */
export interface Inflicted {
  /** The process that has to stop, if it is another one. */
  readonly victim?: WorkerProcess;
  /** Undoes it; called once. */
  readonly undo?: () => Promise<void>;
}

/** Something that goes wrong under a worker, and how the worker takes it. */
export interface FailStopCase {
  readonly name: string;
  readonly worker: WorkerName;
  readonly code: string;
  /** The way out, as `/livez` or the last words of the process tell it. */
  readonly wayOut: RegExp;
  /** Takes it. */
  readonly take?: WayOut;
  /** Makes it happen. */
  readonly inflict: (running: Running) => Promise<Inflicted | void>;
  /** The tasks that stop, as `stage/partition`: `/livez` tells of these, and of no other. `start`: the process refuses to. */
  readonly stops: readonly string[] | 'start';
}

const MANIFESTS = 'tidemark.manifests';
const CHANGELOG_STAGE = { parser: 'parse', 'window-aggregator': 'merge' } as Readonly<Record<string, string>>;
const tasks = (stage: string, count: number) => numbers(0, count).map((partition) => `${stage}/${partition}`);
const PARSE = tasks('parse', PARTITIONS);
const COMBINE = tasks('combine', PARTITIONS);
const MERGE = tasks('merge', 6);

const changelogOf = ({ application, worker }: Running) =>
  `tidemark.${application}.${CHANGELOG_STAGE[worker.name]}.changelog`;

/** While a worker sleeps, for much less than its session lasts. */
async function asleep(worker: WorkerProcess, action: () => Promise<void>): Promise<void> {
  worker.signal('SIGSTOP');
  await action();
  worker.signal('SIGCONT');
}

/** Somebody who comes again each time that he is thrown out, as a supervised process does. */
function comeAgainAndAgain({ broker, topic, application, atEnd }: Running): void {
  let isOver = false;
  const target = { broker, topic, partition: 0 };
  const coming = (async () => {
    while (!isOver) {
      await writeAs(target, `tidemark.${application}.parse.0`).catch(() => {});
      await pause(500);
    }
  })();
  atEnd(() => ((isOver = true), coming));
}

/** As a build would leave it that takes the state for its own. */
async function recordAnotherTopology({ broker, application }: Running): Promise<void> {
  const key = `${application}/merge`;
  const manifests = (await readTopic(broker, MANIFESTS)).filter((record) => record.key?.toString() === key);
  const manifest = JSON.parse(manifests.at(-1)!.value!.toString()) as object;
  const value = JSON.stringify({ ...manifest, fingerprint: 'of-another-one' });
  await feedRecords({ broker, topic: MANIFESTS, partition: 0 }, [{ key, value }]);
}

/** Those that take longest come first: the others go on beside them. */
export const FAIL_STOP_CASES: readonly FailStopCase[] = [
  {
    name: "the input's last stable offset is stuck",
    worker: 'parser',
    code: 'TM_INPUT_STUCK',
    wayOut: /kafka-transactions.sh find-hanging/,
    take: abort,
    stops: ['parse/0'],
    inflict: async ({ broker, topic, application }) => ({
      undo: await holdTransaction({ broker, topic, partition: 0 }, `${application}-holder`),
    }),
  },
  {
    name: "the changelog's last stable offset is stuck",
    worker: 'parser',
    code: 'TM_CHANGELOG_STUCK',
    wayOut: /kafka-transactions.sh find-hanging/,
    take: abort,
    stops: ['parse/0'],
    async inflict(running) {
      const { broker, application, worker } = running;
      const target = { broker, topic: changelogOf(running), partition: 0 };
      const undo = await holdTransaction(target, `${application}-holder`);
      worker.signal('SIGTERM');
      await worker.ended;
      return { victim: running.start(), undo };
    },
  },
  {
    name: 'the input is truncated past the position',
    worker: 'parser',
    code: 'TM_OFFSET_OUT_OF_RANGE',
    wayOut: /operate -- reprocess/,
    take: reprocess,
    stops: ['parse/0'],
    inflict: (running) =>
      asleep(running.worker, async () => {
        // A fetch that waits at the broker gets the first of them; of the others some are gone before they are asked for.
        await feed(running, 0, FED, FED + 10);
        await feed(running, 0, FED + 10, LEFT.to);
        await deleteRecords(running.broker, running.topic, 0, LEFT.from);
      }),
  },
  {
    name: 'the input is deleted and made anew, with offsets that fit',
    worker: 'parser',
    code: 'TM_TOPIC_RECREATED',
    wayOut: /operate -- reset/,
    take: reset,
    stops: PARSE,
    inflict: (running) =>
      asleep(running.worker, async () => {
        await deleteTopics(running.broker, [running.topic]);
        await createInputTopic(running.broker, running.topic, PARTITIONS);
        await feedAll(running, ANEW.from, ANEW.to);
      }),
  },
  {
    name: 'the changelog is deleted',
    worker: 'parser',
    code: 'TM_CHANGELOG_LOST',
    wayOut: /operate -- reset/,
    stops: PARSE,
    inflict: (running) => deleteTopics(running.broker, [changelogOf(running)]),
  },
  {
    name: 'the changelog is deleted while the worker is down',
    worker: 'window-aggregator',
    code: 'TM_CHANGELOG_LOST',
    wayOut: /Restore a savepoint/,
    stops: 'start',
    async inflict(running) {
      running.worker.signal('SIGKILL');
      await running.worker.ended;
      await deleteTopics(running.broker, [changelogOf(running)]);
      return { victim: running.start() };
    },
  },
  {
    name: 'the changelog gets another cleanup policy',
    worker: 'window-aggregator',
    code: 'TM_TOPIC_MISMATCH',
    wayOut: /kafka-configs.sh --alter/,
    stops: MERGE,
    inflict: (running) => alterTopic(running.broker, changelogOf(running), 'cleanup.policy', 'delete'),
  },
  {
    name: 'Redis gets an eviction policy',
    worker: 'window-aggregator',
    code: 'TM_REDIS_EVICTION',
    wayOut: /maxmemory-policy noeviction/,
    stops: [...COMBINE, ...MERGE],
    inflict: ({ redis }) => setRedisOption(redis.url, 'maxmemory-policy', 'allkeys-lru'),
  },
  {
    name: 'a foreign process uses the transactional id',
    worker: 'parser',
    code: 'TM_TRANSACTIONAL_ID_SHARED',
    wayOut: /Find the other process/,
    stops: ['parse/0'],
    async inflict(running) {
      comeAgainAndAgain(running);
    },
  },
  {
    name: 'an instance with another topology joins',
    worker: 'window-aggregator',
    code: 'TM_MANIFEST_MISMATCH',
    wayOut: /Put the settings back/,
    stops: 'start',
    inflict: async (running) => ({ victim: running.start({ WINDOW_SIZE: '2m' }) }),
  },
  {
    name: 'another topology is recorded for the state',
    worker: 'window-aggregator',
    code: 'TM_MANIFEST_MISMATCH',
    wayOut: /Put the settings back/,
    stops: MERGE,
    inflict: recordAnotherTopology,
  },
];
