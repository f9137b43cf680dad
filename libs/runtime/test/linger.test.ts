import type { ProducerFactory } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { counter, lastRows, TOPICS, type Visit } from './support/visits.ts';

let cluster: Cluster;
let commitMs: number;

beforeEach(async () => {
  commitMs = 0;
  cluster = await Cluster.create({ ...TOPICS, cleaned: 1 });
});

afterEach(() => cluster.stopAll());

const visit = (id: number): Visit => ({ id: `v${id}`, page: 'home', timeMs: id, ms: 1 });

/** Sizes of the batches of the combine task. */
function batches(): number[] {
  const ofCombine = cluster.commits.filter(({ task, report }) => task.stage === 'combine' && report.records > 0);
  return ofCombine.map(({ report }) => report.records);
}

/** One visit every 10 ms. */
async function feedSlowly(count: number): Promise<void> {
  for (let id = 0; id < count; id += 1) {
    cluster.append('cleaned', 0, [visit(id)]);
    await cluster.advance(10);
  }
}

test('what comes within the linger time goes into one turn; the first does not wait', async () => {
  await cluster.start(counter({ everyMs: 6_000 }));
  await cluster.advance(1_000);
  await feedSlowly(20);
  // 6 s / 60 = 100 ms: the first at once, then all of each 100 ms.
  expect(batches()).toEqual([1, 9, 10]);
  await cluster.advance(6_000);
  expect(lastRows(cluster, 'totals').get('home')).toBe('20/20');
});

test('input for a full turn does not wait', async () => {
  await cluster.start(counter({ everyMs: 6_000 }), { maxRecordsPerTurn: 5 });
  await cluster.advance(1_000);
  await feedSlowly(12);
  expect(batches()).toEqual([1, 5, 5]);
});

test('a drain does not wait', async () => {
  const instance = await cluster.start(counter({ everyMs: 600_000 }));
  await cluster.advance(1_000);
  cluster.append('cleaned', 0, [visit(1)]);
  await cluster.quiesce();
  cluster.append('cleaned', 0, [visit(2)]);
  await cluster.drain(instance);
  expect(lastRows(cluster, 'totals').get('home')).toBe('2/2');
});

test('rows that are to be seen at once wait only for the transaction before to have ended', async () => {
  await cluster.start(counter({ everyMs: 0 }), { minLingerMs: 25 });
  await cluster.advance(1_000);
  await feedSlowly(10);
  // A visit every 10 ms, a turn every 25 ms: two and three of them by turns, and at the end what is left.
  expect(batches()).toEqual([1, 2, 2, 3, 2]);
});

/** A broker for which each commit is so much work. */
const slowCommits = ({ open }: ProducerFactory): ProducerFactory => ({
  async open(transactionalId) {
    const producer = await open(transactionalId);
    const begin: typeof producer.begin = async (announced) => {
      const transaction = await producer.begin(announced);
      const commit = async () => {
        if (commitMs > 0) await new Promise<void>((resolve) => cluster.clock.schedule(commitMs, resolve));
        await transaction.commit();
      };
      return { ...transaction, commit };
    };
    return { transactionalId, begin, newBuffer: () => producer.newBuffer(), close: () => producer.close() };
  },
});

test('a turn that took long rests for as long, so that a busy broker gets fewer of them', async () => {
  await cluster.start(counter({ everyMs: 0 }), { minLingerMs: 25, producers: slowCommits });
  await cluster.advance(1_000);
  commitMs = 100;
  await feedSlowly(60);
  commitMs = 0;
  await cluster.advance(200);
  // 100 ms to commit and 100 ms of rest: what came in them.
  expect(batches()).toEqual([1, 19, 20, 20]);
});

test('after a pause nothing waits', async () => {
  await cluster.start(counter({ everyMs: 0 }), { minLingerMs: 25 });
  await cluster.advance(1_000);
  for (let id = 0; id < 3; id += 1) {
    cluster.append('cleaned', 0, [visit(id)]);
    await cluster.advance(26);
  }
  expect(batches()).toEqual([1, 1, 1]);
});

test('a clock that is set back does not make a task wait', async () => {
  await cluster.start(counter({ everyMs: 0 }), { minLingerMs: 25 });
  await cluster.advance(1_000);
  await feedSlowly(1);
  cluster.clock.setBack(3_600_000);
  cluster.append('cleaned', 0, [visit(1)]);
  await cluster.advance(100);
  expect(batches()).toEqual([1, 1]);
});
