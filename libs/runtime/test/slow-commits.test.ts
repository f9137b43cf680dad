import { type ProducerFactory, recordsOf, type TopicSource } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { cleaner, TOPICS, type Visit } from './support/visits.ts';

const TIMEOUT_MS = 15_000;

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
});

afterEach(() => cluster.stopAll());

function visits(count: number): Visit[] {
  return Array.from({ length: count }, (_, id) => ({ id: `v${id}`, page: 'home', timeMs: id, ms: 1 }));
}

/** What tasks write takes its time, and the coordinator ends transactions that take too much of it. */
function slowly(msPerRecord: () => number): (real: ProducerFactory) => ProducerFactory {
  return ({ open }) => ({
    open: async (transactionalId) => {
      const producer = await open(transactionalId);
      if (!transactionalId.startsWith('tidemark.cleaner.clean.')) return producer;
      const begin = async () => {
        const beganMs = cluster.clock.now();
        const transaction = await producer.begin();
        const send: typeof transaction.send = async (records) => {
          const durationMs = recordsOf(records).length * msPerRecord();
          if (durationMs > 0) await new Promise<void>((resolve) => cluster.clock.schedule(durationMs, resolve));
          if (cluster.clock.now() - beganMs > TIMEOUT_MS) cluster.log.expireTransaction(transactionalId);
          return transaction.send(records);
        };
        return { ...transaction, send };
      };
      return { transactionalId, begin, newBuffer: () => producer.newBuffer(), close: () => producer.close() };
    },
  });
}

async function advanceBy(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) await cluster.advance(1_000);
}

const codes = () => cluster.failures.map(({ error }) => ('code' in error ? error.code : error.message));
const sizes = () => cluster.commits.filter(({ task }) => task.partition === 0).map(({ report }) => report.records);

test.each([
  ['in a group', undefined],
  ['with assign', { visits: [0, 1] }],
])('a batch that outlives the transaction time-out is repeated in halves until it fits, %s', async (_, assign) => {
  const source: TopicSource = { kind: 'topics', startingOffsets: 'earliest', ...(assign ? { assign } : { subscribe: ['visits'] }) }; // prettier-ignore
  cluster.append('visits', 0, visits(100));
  const { worker } = await cluster.start(cleaner(source), { producers: slowly(() => 400) });
  await advanceBy(180);
  expect(codes()).toEqual(['TM_TRANSACTION_EXPIRED', 'TM_TRANSACTION_EXPIRED']);
  expect(cluster.failures[0]!.error.message).toMatch(
    /cleaner\.clean\.0: 100 records took 4\d{4} ms.*15000 ms.*at most 50/,
  );
  expect(sizes().filter((records) => records > 0)).toEqual([25, 25, 25, 25]);
  expect(cluster.values<Visit>('cleaned').map(({ id }) => id).sort()).toEqual(visits(100).map(({ id }) => id).sort()); // prettier-ignore
  expect(worker.health).toMatchObject({ restored: 2, failures: [] });
});

test('batches grow back when the machine is fast again', async () => {
  let msPerRecord = 400;
  cluster.append('visits', 0, visits(100));
  await cluster.start(cleaner(), { producers: slowly(() => msPerRecord) });
  await advanceBy(75);
  expect(sizes()).toContain(25);
  msPerRecord = 0;
  await advanceBy(60);
  cluster.append('visits', 0, visits(400));
  await cluster.quiesce();
  expect(Math.max(...sizes())).toBeGreaterThanOrEqual(100);
  expect(cluster.values('cleaned')).toHaveLength(500);
});
