import { processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { lastRows, type ResultTopic, type Row } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { readValues } from '../src/kcat/read-topic.ts';
import { listTopics } from '../src/kcat/topics.ts';
import { type CommandEnd, endOfOperate } from '../src/operate.ts';
import { useStack } from '../src/servers/use-stack.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';

/** What the commands of `npm run savepoint` print and end with, of workers that run, that stand still, and that are gone. */

const TOPIC = 'sales-of-savepoints';
const PARTITIONS = 2;
/** Tasks of a worker: one to combine for each partition, six to merge. */
const TASKS = PARTITIONS + 6;
const WORKERS = ['region-aggregator', 'window-aggregator'] as const;

const stack = useStack();
const fed = [0, 0];

const savepoint = (...args: string[]): Promise<CommandEnd> => endOfOperate(stack, 'savepoint', ...args);
const done = (...lines: unknown[]) => ({ exitCode: 0, lines, stderr: '' });
const matching = (line: RegExp) => expect.stringMatching(line) as string;
const failed = (message: RegExp) => ({ exitCode: 1, lines: [], stderr: matching(message) });

/** One sale in each of these regions, all of one product and one window. */
async function feed(partition: number, ...regions: string[]): Promise<void> {
  const sale = { timestamp: 1_767_225_600, product: 'phone', price: 100, quantity: 1 };
  const sales: Sale[] = regions.map((region, i) => ({
    event_id: `${partition}-${fed[partition]! + i}`,
    region,
    ...sale,
  }));
  fed[partition]! += sales.length;
  await feedLines({ broker: stack.broker, topic: TOPIC, partition }, sales.map(processedEventText));
}

/** Until all that was fed is in rows: each sale in one of a region, and in two windows. */
async function untilCounted(): Promise<void> {
  const all = fed[0]! + fed[1]!;
  await eventually('all is counted', async () => {
    expect(await ordersIn('sales-summary', 'order_count')).toBe(all);
    expect(await ordersIn('window-sales', 'window_orders')).toBe(2 * all);
  });
}

async function ordersIn(topic: ResultTopic, field: string): Promise<number> {
  const rows = (await readValues(stack.broker, topic)).map((value) => JSON.parse(value) as Row);
  return lastRows(topic, rows).reduce((sum, row) => sum + Number(row[field]), 0);
}

/** What the difference of the regions' rows is called, and that of the positions. */
const rows = (stage: string, added: number, removed: number, changed: number, same: number) =>
  `${stage} sales-summary: ${added} rows added, ${removed} removed, ${changed} changed, ${same} the same`;
const moved = (task: string, before: number | 'none', after: number | 'none') =>
  `${task} of ${TOPIC}: offset ${before}, then ${after}`;
const NOTHING_MOVED = 'no position differs';
/** While a worker runs, word of what was read may be on its way to tasks without rows. */
const BETWEEN = matching(/^records between stages: \d+, then \d+$/);
const THEN_NONE = matching(/^records between stages: \d+, then 0$/);

async function assertCreatedAndListed(): Promise<void> {
  await feed(0, 'North', 'South', 'West');
  await untilCounted();
  expect(await savepoint('create', 'early', '--worker', 'region-aggregator')).toEqual(
    done(matching(/^savepoint early of region-aggregator: 8 tasks, 3 rows, \d+ records between stages$/)),
  );
  await feed(1, 'North', 'East');
  await untilCounted();
  expect(await savepoint('create', 'late', '--pipeline')).toEqual(
    // Three regions and East; the product in the two windows that hold its sales.
    done(matching(/^savepoint late of [\w-]+-aggregator, [\w-]+-aggregator: 16 tasks, 6 rows, \d+ records between/)),
  );
  // As one whose creation broke off.
  await createInputTopic(stack.broker, 'tidemark.savepoints.broken', 1);
  expect(await savepoint('list')).toEqual(
    done(
      matching(/^broken {2}cannot be restored: TM_SAVEPOINT_INVALID.*not completed; delete it/),
      matching(/^early {2}\d{4}-\S+Z {2}region-aggregator {2}8 tasks, 3 rows$/),
      matching(/^late {2}\d{4}-\S+Z {2}[\w-]+-aggregator, [\w-]+-aggregator {2}16 tasks, 6 rows$/),
    ),
  );
}

/** The same of a worker that runs and of one that is stopped; and of another one that was restored. */
async function assertComparedWithNow(pipeline: Pipeline): Promise<void> {
  const sinceEarly = [rows('merge', 1, 0, 1, 2), moved('combine/1', 0, 2)];
  expect(await savepoint('diff', 'early')).toEqual(done(...sinceEarly, BETWEEN));
  const [worker] = pipeline.running('region-aggregator');
  await worker!.drain();
  expect(await worker!.ended).toBe('exit 0');
  expect(await savepoint('diff', 'early')).toEqual(done(...sinceEarly, THEN_NONE));
  expect(await savepoint('restore', 'early', '--as', 'regions-again')).toEqual(
    done(
      `savepoint early restored: ${TASKS} tasks, 3 rows`,
      'start region-aggregator with SOURCE_GROUP_ID=regions-again to go on from it',
    ),
  );
  expect(await savepoint('diff', 'early', '--of', 'regions-again')).toEqual(
    done(rows('merge', 0, 0, 0, 3), NOTHING_MOVED, BETWEEN),
  );
}

async function assertComparedWithEachOther(): Promise<void> {
  const now = [savepoint('create', 'again', '--worker', 'regions-again'), savepoint('create', 'now', '--worker', 'region-aggregator')]; // prettier-ignore
  for (const { exitCode } of await Promise.all(now)) expect(exitCode).toBe(0);
  expect(await savepoint('diff', 'now', 'again')).toEqual(
    done(rows('merge', 0, 1, 1, 2), moved('combine/1', 2, 0), BETWEEN),
  );
}

const REFUSED: readonly [args: readonly string[], message: RegExp][] = [
  [['create', 'early', '--pipeline'], /^TM_SAVEPOINT_EXISTS: .*early; take another name/],
  [['create', 'other', '--worker', 'nobody'], /^TM_APPLICATION_UNKNOWN: .*regions-again/],
  [['diff', 'early', 'nothing'], /^TM_SAVEPOINT_INVALID: .*none of this name.*early, late/],
  [['diff', 'broken'], /^TM_SAVEPOINT_INVALID: .*not completed/],
  [['restore', 'early', '--as', 'regions-again'], /^TM_APPLICATION_EXISTS: .*regions-again/],
  [['delete', 'nothing'], /^TM_SAVEPOINT_INVALID: .*none of this name/],
];

async function assertRefused(): Promise<void> {
  await Promise.all(REFUSED.map(async ([args, message]) => expect(await savepoint(...args)).toEqual(failed(message))));
  expect(await savepoint('create', 'other')).toEqual({
    ...{ exitCode: 2, lines: [], stderr: matching(/either --worker <id\.\.\.> or --pipeline/) },
  });
}

async function assertDeleted(): Promise<void> {
  const names = ['early', 'broken'];
  expect(await Promise.all(names.map((name) => savepoint('delete', name)))).toEqual(
    names.map((name) => done(`savepoint ${name} deleted`)),
  );
  const topics = [...(await listTopics(stack.broker)).keys()];
  expect(topics.filter((topic) => topic.startsWith('tidemark.savepoints.')).sort()).toEqual(
    ['again', 'late', 'now'].map((name) => `tidemark.savepoints.${name}`),
  );
  const { lines } = await savepoint('list');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['again', 'late', 'now']);
}

test('savepoints are created, listed, compared and deleted: what is printed, and what the commands end with', async () => {
  await createInputTopic(stack.broker, TOPIC, PARTITIONS);
  const pipeline = stack.pipeline({ SOURCE_SUBSCRIBE: TOPIC, SOURCE_SESSION_TIMEOUT: '6s' });
  WORKERS.forEach((worker) => pipeline.start(worker));
  await pipeline.ready();
  await assertCreatedAndListed();
  await assertComparedWithNow(pipeline);
  await assertComparedWithEachOther();
  await assertRefused();
  await assertDeleted();
});
