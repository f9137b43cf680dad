import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../src/eventually.ts';
import { isFullRun } from '../src/full-run.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';
import { salesRun } from './sales-run.ts';

const stack = useStack();
const run = salesRun(30_000);

/** The outage lasts three times as long as a partition may be quiet: what is down must not be taken for idle. */
const TIMES = isFullRun() ? { idleTimeout: '30s', downMs: 90_000 } : { idleTimeout: '3s', downMs: 9_000 };

/** Partitions by hand: with a group, the instance that stays would take over the partitions of the other. */
const STAYS = { SOURCE_ASSIGN: '{"sales-events":[0,1]}' };
/** So slowly that it is in the middle of its backlog when it goes down. */
const GOES_DOWN = { SOURCE_ASSIGN: '{"sales-events":[2]}', SOURCE_MAX_OFFSETS_PER_TRIGGER: '100' };

async function parsedBy(worker: WorkerProcess): Promise<number> {
  return sumOf(await worker.metrics(), 'tidemark_records_total', { outcome: 'ok' });
}

test('an instance is down in the middle of a backlog while the others end theirs: nothing is late, nothing lost', async () => {
  const { broker } = stack;
  await run.feed(broker);
  const pipeline = stack.pipeline({ IDLE_TIMEOUT: TIMES.idleTimeout });
  const stays = pipeline.start('parser', STAYS);
  const victim = pipeline.start('parser', GOES_DOWN);
  pipeline.start('region-aggregator');
  pipeline.start('window-aggregator');
  await eventually('it is in the middle', async () => expect(await parsedBy(victim)).toBeGreaterThan(0), {
    everyMs: 50,
  });
  victim.signal('SIGKILL');
  await victim.ended;
  await eventually('the other ends its backlog', async () => expect(await parsedBy(stays)).toBe((run.count / 3) * 2));
  // The length of the outage is what is tested.
  await pause(TIMES.downMs);
  const successor = pipeline.start('parser', { ...GOES_DOWN, SOURCE_MAX_OFFSETS_PER_TRIGGER: '3000' });
  await successor.ready();
  await eventually('exact results', () => run.assertResults(broker), { deadlineMs: 120_000, everyMs: 1_000 });
  expect(await parsedBy(successor)).toBeGreaterThan(run.count / 10);
  await pipeline.drain();
  await run.assertResults(broker);
});
