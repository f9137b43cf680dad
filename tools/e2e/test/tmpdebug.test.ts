import { writeFileSync } from 'node:fs';
import { readTopic } from '../src/kcat/read-topic.ts';
import { countAborted } from '../src/check/aborted.ts';
import { eventually } from '../src/eventually.ts';
import { type TestStack, useStack } from '../src/servers/use-stack.ts';
import { killInTransaction, topicsOf } from '../src/workers/kill-in-transaction.ts';
import { type Sample, sumOf } from '../src/workers/metrics.ts';
import { type Pipeline, SALES_WORKERS } from '../src/workers/pipeline.ts';
import type { WorkerName } from '../src/workers/worker-process.ts';
import { salesRun } from './sales-run.ts';

const stack = useStack();
const run = salesRun(100_000);

/** Small batches: many transactions, so that there is a middle. The group notices a death after 6 s. */
const ENV = { SOURCE_MAX_OFFSETS_PER_TRIGGER: '3000', SOURCE_SESSION_TIMEOUT: '6s' };
/** On a busy machine a commit may have been on its way for longer than one looked; then the kill hit nothing. */
const MAX_KILLS = 4;

/** Has state that a take-over must bring back: rows, or where there are none (the parser) a position. */
function hasState(name: WorkerName, samples: readonly Sample[]): boolean {
  if (name !== 'parser') return sumOf(samples, 'tidemark_state_rows', { stage: 'merge' }) > 0;
  return sumOf(samples, 'tidemark_records_total', { outcome: 'ok' }) > 0;
}

function hasRestoredState(name: WorkerName, samples: readonly Sample[]): boolean {
  if (name !== 'parser') return sumOf(samples, 'tidemark_restored_rows_total', { stage: 'merge' }) > 0;
  const all = sumOf(samples, 'tidemark_takeovers_total');
  return all > sumOf(samples, 'tidemark_takeovers_total', { source: 'nothing' });
}

/** Kills the worker in the middle and starts it again, until a transaction was aborted by the take-over. */
async function killUntilAborted({ broker }: TestStack, pipeline: Pipeline, name: WorkerName): Promise<void> {
  for (let kills = 0; kills < MAX_KILLS; kills++) {
    const victim = pipeline.running(name)[0]!;
    await eventually(`${name} has state`, async () => expect(hasState(name, await victim.metrics())).toBe(true));
    await killInTransaction(broker, victim);
    const successor = pipeline.start(name);
    await successor.ready();
    expect(hasRestoredState(name, await successor.metrics())).toBe(true);
    const aborted = await eventually('the successor goes on', async () => {
      expect(sumOf(await successor.metrics(), 'tidemark_batches_total')).toBeGreaterThan(0);
      return countAborted(broker, (await topicsOf(broker, name)).keys());
    });
    if (aborted > 0) return;
  }
  throw new Error(`${name}: no transaction was aborted by the take-overs after ${MAX_KILLS} kills`);
}

test.each(['parser' as const, 'parser' as const, 'region-aggregator' as const, 'parser' as const])(
  'kill -9 of %s inside of a transaction, and a restart: everything exactly once',
  async (name) => {
    const { broker } = stack;
    await run.feed(broker);
    const pipeline = stack.pipeline(ENV);
    SALES_WORKERS.forEach((worker) => pipeline.start(worker));
    await killUntilAborted(stack, pipeline, name);
    try {
    await eventually('exact results', () => run.assertResults(broker), { deadlineMs: 120_000, everyMs: 1_000 });
    } catch (e) {
      console.log(String(e).slice(0, 600));
      for (const topic of ['tidemark.frontiers', 'tidemark.parser.parse.changelog']) {
        const records = await readTopic(broker, topic).catch(() => []);
        writeFileSync(`/tmp/dbg-${Date.now()}-${topic}.txt`, records.map((r) => `${r.partition}/${r.offset} ${r.key} ${r.value} ${r.headers}`).join('\n'));
      }
      for (const w of pipeline.running()) writeFileSync(`/tmp/dbg-log-${w.name}-${Date.now()}.txt`, w.log.join('\n'));
      throw e;
    }
    // No worker had a failure of its own: what was aborted is what a successor found open.
    for (const worker of pipeline.running()) {
      expect(sumOf(await worker.metrics(), 'tidemark_task_failures_total')).toBe(0);
    }
    await pipeline.drain();
    await run.assertResults(broker);
  },
);
