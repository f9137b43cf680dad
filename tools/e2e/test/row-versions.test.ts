import { setTimeout as pause } from 'node:timers/promises';
import { expectedSummary, processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { generateSales } from '../src/check/generate-sales.ts';
import { rowFaults } from '../src/check/rows.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { useStack } from '../src/servers/use-stack.ts';
import type { Version } from '../src/versioned-worker/topology.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';

const TOPIC = 'sales-of-versions';
const PARTITIONS = 2;
/** So many regions that each merge task has some. */
const REGIONS = 40;
const FED_AT_ONCE = 200;

const stack = useStack();

/** A load that goes on until it is ended. @returns ends it, and gives all that was fed */
function startLoad(): () => Promise<Sale[]> {
  const sales: Sale[] = [];
  const all = generateSales(60_000).map((sale, i) => ({ ...sale, region: `region_${i % REGIONS}` }));
  let isOver = false;
  const feeding = (async () => {
    for (let round = 0; !isOver; round++) {
      const next = all.slice(sales.length, sales.length + FED_AT_ONCE);
      sales.push(...next);
      await feedLines(
        { broker: stack.broker, topic: TOPIC, partition: round % PARTITIONS },
        next.map(processedEventText),
      );
      await pause(100);
    }
  })();
  return async () => {
    isOver = true;
    await feeding;
    return sales;
  };
}

const start = (pipeline: Pipeline, version: Version) => pipeline.start('versioned', { VERSION: version });

/** Instance by instance, as a rolling update does; waits until the new one has its tasks. */
async function replace(pipeline: Pipeline, worker: WorkerProcess, version: Version): Promise<WorkerProcess> {
  worker.signal('SIGTERM');
  expect(await worker.ended).toBe('exit 0');
  const next = start(pipeline, version);
  await next.ready();
  return next;
}

test('a rolling update and a roll-back under load: all rows are exact, and what cannot be is refused', async () => {
  const { broker } = stack;
  await createInputTopic(broker, TOPIC, PARTITIONS);
  const pipeline = stack.pipeline({ SOURCE_SUBSCRIBE: TOPIC, SOURCE_SESSION_TIMEOUT: '6s', IDLE_TIMEOUT: '1s' });
  const [first, second] = [start(pipeline, '1'), start(pipeline, '1')];
  await pipeline.ready();
  const endLoad = startLoad();

  const updated = await replace(pipeline, first, '2');
  await eventually('the old instance meets newer rows, and tells', async () => {
    expect(await second.complaint()).toMatch(/TM_ROW_VERSION_NEWER.*Update this one/);
  });
  const other = await replace(pipeline, second, '2');
  await eventually('all instances are well', async () => {
    expect([await updated.complaint(), await other.complaint()]).toEqual(['', '']);
  });

  const refused = start(pipeline, '1');
  expect(await refused.ended).toBe('exit 1');
  expect(refused.log.join('\n')).toMatch(/TM_ROW_VERSION_NEWER.*restore a savepoint/);

  await replace(pipeline, updated, '3');
  await replace(pipeline, other, '3');
  const expected = expectedSummary(await endLoad());
  await eventually('exact totals', async () => {
    expect(rowFaults('sales-summary', expected, await readTopic(broker, 'sales-summary')).slice(0, 3)).toEqual([]);
  });
  for (const worker of pipeline.running()) expect(await worker.complaint()).toBe('');
});
