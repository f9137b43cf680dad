import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../src/eventually.ts';
import { isFullRun } from '../src/full-run.ts';
import { countRecords } from '../src/kcat/read-topic.ts';
import { useStack } from '../src/servers/use-stack.ts';
import { sumOf } from '../src/workers/metrics.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';
import { salesRun } from './sales-run.ts';

const stack = useStack();
const run = salesRun(30_000);

/**
 * The outage lasts three times as long as a partition may be quiet: what is down must not be taken for idle. The group
 * must not notice it before, else the instance that stays would go on where the other was.
 */
const TIMES = isFullRun()
  ? { idleTimeout: '30s', downMs: 90_000, sessionTimeout: '110s' }
  : { idleTimeout: '3s', downMs: 9_000, sessionTimeout: '12s' };
const ENV = { IDLE_TIMEOUT: TIMES.idleTimeout, SOURCE_SESSION_TIMEOUT: TIMES.sessionTimeout };
/** So slowly that it is in the middle of its backlog when it goes down. */
const SLOWLY = { SOURCE_MAX_OFFSETS_PER_TRIGGER: '20' };

async function parsedBy(worker: WorkerProcess): Promise<number> {
  return sumOf(await worker.metrics(), 'tidemark_records_total', { outcome: 'ok' });
}

/** Waits until it has read all that its own partitions hold. */
function endsItsBacklog(worker: WorkerProcess): Promise<void> {
  return eventually('it ends its backlog', async () => {
    const lag = sumOf(await worker.metrics(), 'tidemark_lag_records', { end: 'high_watermark' });
    expect({ lag, hasParsed: (await parsedBy(worker)) > 0 }).toEqual({ lag: 0, hasParsed: true });
  });
}

test('an instance is down in the middle of a backlog while the others end theirs: nothing is late, nothing lost', async () => {
  const { broker } = stack;
  await run.feed(broker);
  const pipeline = stack.pipeline(ENV);
  const victim = pipeline.start('parser', SLOWLY);
  pipeline.start('region-aggregator');
  pipeline.start('window-aggregator');
  await victim.ready();
  const stays = pipeline.start('parser');
  await eventually('the two share the work', async () => {
    expect(await parsedBy(victim)).toBeGreaterThan(0);
    expect(await parsedBy(stays)).toBeGreaterThan(0);
  });
  victim.signal('SIGKILL');
  await victim.ended;
  await endsItsBacklog(stays);
  // The length of the outage is what is tested.
  await pause(TIMES.downMs);
  await endsItsBacklog(stays);
  expect(await countRecords(broker, 'processed-events')).toBeLessThan(run.count);

  const successor = pipeline.start('parser');
  await eventually('exact results', () => run.assertResults(broker), { deadlineMs: 120_000, everyMs: 1_000 });
  expect((await parsedBy(successor)) + (await parsedBy(stays))).toBeGreaterThan(run.count / 10);
  await pipeline.drain();
  await run.assertResults(broker);
});
