import { catalogueSpecs, encodeSalesSummary, topics } from '@tidemark/schemas';
import { MemoryLog } from '@tidemark/stream';
import { createResults, regionTotals } from './results.ts';
import { type TopicWatch, watchTopics } from './watch-topics.ts';

const SUMMARY = topics.salesSummary.topic;
const watches: TopicWatch[] = [];
afterEach(() => Promise.all(watches.splice(0).map((watch) => watch.close())));

async function createLog(): Promise<MemoryLog> {
  const log = new MemoryLog();
  await log.admin.createTopics(catalogueSpecs());
  return log;
}

function sell(log: MemoryLog, region: string, orderCount: number, partition = 0): void {
  log.append(SUMMARY, partition, [{ value: encodeSalesSummary({ region, totalSales: 10, orderCount }) }]);
}

async function watch(log: MemoryLog) {
  const [results, failures] = [createResults(), [] as unknown[]];
  const onFailure = (error: unknown) => void failures.push(error);
  const watched = await watchTopics(results, { reader: log.reader(), admin: log.admin, onFailure });
  watches.push(watched);
  return { results, failures, watched };
}

test('rows count from the start of their topics, faults from now on', async () => {
  const log = await createLog();
  sell(log, 'North', 1);
  log.append(topics.lateEvents.topic, 0, [{ value: 'old' }]);
  const { results, watched } = await watch(log);
  await watched.reachEnds();
  expect([regionTotals(results).orders, results.faults.late]).toEqual([1, 0]);
  sell(log, 'North', 2);
  sell(log, 'South', 5, 2);
  log.append(topics.lateEvents.topic, 1, [{ value: 'new' }]);
  await watched.reachEnds();
  expect([regionTotals(results).orders, results.faults.late]).toEqual([7, 1]);
});

test('what a transaction wrote counts once it is committed, and never when it is aborted', async () => {
  const log = await createLog();
  const { results, watched } = await watch(log);
  const producer = await log.producers.open('merge-0');
  for (const [orderCount, end] of [
    [3, 'commit'],
    [9, 'abort'],
  ] as const) {
    const transaction = await producer.begin();
    const value = encodeSalesSummary({ region: 'East', totalSales: 1, orderCount });
    await transaction.send([{ topic: SUMMARY, partition: 1, key: 'East', value }]);
    await transaction[end]();
  }
  await watched.reachEnds();
  expect(regionTotals(results).orders).toBe(3);
});

test('records that are gone are told once, and end the wait', async () => {
  const log = await createLog();
  for (let order = 1; order <= 3; order++) sell(log, 'North', order);
  const opened = watchTopics(createResults(), {
    reader: log.reader(),
    admin: { logEnds: async (topic) => (await log.admin.logEnds(topic)).map((ends) => ({ ...ends, logStart: 0 })) },
    onFailure: (error) => void failures.push(error),
  });
  const failures: unknown[] = [];
  log.truncate(SUMMARY, 0, 2);
  const watched = await opened;
  watches.push(watched);
  await expect(watched.reachEnds()).rejects.toMatchObject({ code: 'TM_OFFSET_OUT_OF_RANGE' });
  expect(failures).toHaveLength(1);
});
