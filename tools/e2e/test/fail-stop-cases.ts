import { setTimeout as pause } from 'node:timers/promises';
import type { RedisServer } from '@tidemark/stack';
import { setRedisOption } from '../src/check/redis.ts';
import { eventually } from '../src/eventually.ts';
import { alterTopic, deleteRecords } from '../src/kafka/disturb-topics.ts';
import { holdTransaction } from '../src/kafka/hold-transaction.ts';
import { createInputTopic, deleteTopics } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { writeAs } from '../src/kcat/write-as.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';
import type { WorkerName, WorkerProcess } from '../src/workers/worker-process.ts';

/** A worker that runs, and what it stands on. Each case has an application and topics of its own on one broker. */
export interface Running {
  readonly broker: string;
  readonly pipeline: Pipeline;
  /** Of this case alone. */
  readonly redis: RedisServer;
  readonly application: string;
  /** Its input, of one partition; `FED` records of it have been read. */
  readonly topic: string;
  readonly worker: WorkerProcess;
  /** Starts one more instance of it. */
  start(more?: Readonly<Record<string, string>>): WorkerProcess;
  /** To be called when the case is over. */
  atEnd(end: () => Promise<unknown>): void;
}

/** Something that goes wrong under a worker, and how the worker takes it. */
export interface FailStopCase {
  readonly name: string;
  readonly worker: WorkerName;
  readonly code: string;
  /** The way out, as `/livez` or the last words of the process tell it. */
  readonly wayOut: RegExp;
  /** Makes it happen. @returns the process that has to stop, if it is another one */
  readonly inflict: (running: Running) => Promise<WorkerProcess | void>;
  /** `task`: it stops, and `/livez` tells. `start`: the process refuses to start. */
  readonly stops: 'task' | 'start';
}

export const FED = 5;
const CHANGELOG_STAGE = { parser: 'parse', 'window-aggregator': 'merge' } as Readonly<Record<string, string>>;

export async function feed({ broker, topic }: Pick<Running, 'broker' | 'topic'>, count: number): Promise<void> {
  const sale = { event_id: 'e', timestamp: 1_767_225_600, product: 'phone', price: 100, quantity: 1, region: 'North' };
  await feedLines(
    { broker, topic, partition: 0 },
    Array.from({ length: count }, () => JSON.stringify(sale)),
  );
}

export async function untilFedIsRead(worker: WorkerProcess): Promise<void> {
  await worker.ready();
  await eventually('all is read', async () => {
    expect(sumOf(await worker.metrics(), 'tidemark_records_total')).toBeGreaterThanOrEqual(FED);
  });
}

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

export const FAIL_STOP_CASES: readonly FailStopCase[] = [
  {
    name: 'the input is truncated past the position',
    worker: 'parser',
    code: 'TM_OFFSET_OUT_OF_RANGE',
    wayOut: /operate -- reprocess/,
    stops: 'task',
    inflict: (running) =>
      asleep(running.worker, async () => {
        // A fetch that waits at the broker gets the first of them; the others are gone before they are asked for.
        await feed(running, 10);
        await feed(running, 10);
        await deleteRecords(running.broker, running.topic, 0, FED + 20);
      }),
  },
  {
    name: 'the input is deleted and made anew, with offsets that fit',
    worker: 'parser',
    code: 'TM_TOPIC_RECREATED',
    wayOut: /operate -- reset/,
    stops: 'task',
    inflict: (running) =>
      asleep(running.worker, async () => {
        await deleteTopics(running.broker, [running.topic]);
        await createInputTopic(running.broker, running.topic, 1);
        await feed(running, FED);
      }),
  },
  {
    name: 'the changelog is deleted',
    worker: 'parser',
    code: 'TM_CHANGELOG_LOST',
    wayOut: /operate -- reset/,
    stops: 'task',
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
      return running.start();
    },
  },
  {
    name: 'the changelog gets another cleanup policy',
    worker: 'window-aggregator',
    code: 'TM_TOPIC_MISMATCH',
    wayOut: /kafka-configs.sh --alter/,
    stops: 'task',
    inflict: (running) => alterTopic(running.broker, changelogOf(running), 'cleanup.policy', 'delete'),
  },
  {
    name: "the input's last stable offset is stuck",
    worker: 'parser',
    code: 'TM_INPUT_STUCK',
    wayOut: /kafka-transactions.sh find-hanging/,
    stops: 'task',
    async inflict({ broker, topic, application, atEnd }) {
      atEnd(await holdTransaction({ broker, topic, partition: 0 }, `${application}-holder`));
    },
  },
  {
    name: "the changelog's last stable offset is stuck",
    worker: 'parser',
    code: 'TM_CHANGELOG_STUCK',
    wayOut: /kafka-transactions.sh find-hanging/,
    stops: 'task',
    async inflict(running) {
      const { broker, application, worker } = running;
      running.atEnd(
        await holdTransaction({ broker, topic: changelogOf(running), partition: 0 }, `${application}-holder`),
      );
      worker.signal('SIGTERM');
      await worker.ended;
      return running.start();
    },
  },
  {
    name: 'Redis gets an eviction policy',
    worker: 'window-aggregator',
    code: 'TM_REDIS_EVICTION',
    wayOut: /maxmemory-policy noeviction/,
    stops: 'task',
    inflict: ({ redis }) => setRedisOption(redis.url, 'maxmemory-policy', 'allkeys-lru'),
  },
  {
    name: 'a foreign process uses the transactional id',
    worker: 'parser',
    code: 'TM_TRANSACTIONAL_ID_SHARED',
    wayOut: /Find the other process/,
    stops: 'task',
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
    inflict: async (running) => running.start({ WINDOW_SIZE: '2m' }),
  },
];
