import { countAborted } from '../src/check/aborted.ts';
import { eventually } from '../src/eventually.ts';
import { type TestStack, useStack } from '../src/servers/use-stack.ts';
import { killInTransaction, topicsOf } from '../src/workers/kill-in-transaction.ts';
import { type Sample, sumOf } from '../src/workers/metrics.ts';
import type { Pipeline } from '../src/workers/pipeline.ts';
import { type KillCase, killCases } from './kill-cases.ts';

const stack = useStack();

/** Small batches: many transactions, so that there is a middle. The group notices a death after 6 s. */
const ENV = { SOURCE_MAX_OFFSETS_PER_TRIGGER: '3000', SOURCE_SESSION_TIMEOUT: '6s' };
/** On a busy machine a commit may have been on its way for longer than one looked; then the kill hit nothing. */
const MAX_KILLS = 4;

/** Has state that a take-over must bring back: rows, or where there are none a position. */
function hasState({ statefulStage: stage }: KillCase, samples: readonly Sample[]): boolean {
  if (stage !== undefined) return sumOf(samples, 'tidemark_state_rows', { stage }) > 0;
  return sumOf(samples, 'tidemark_batches_total') > 0;
}

function hasRestoredState({ statefulStage: stage }: KillCase, samples: readonly Sample[]): boolean {
  if (stage !== undefined) return sumOf(samples, 'tidemark_restored_rows_total', { stage }) > 0;
  const all = sumOf(samples, 'tidemark_takeovers_total');
  return all > sumOf(samples, 'tidemark_takeovers_total', { source: 'nothing' });
}

/** Kills the worker in the middle and starts it again, until a transaction was aborted by the take-over. */
async function killUntilAborted({ broker }: TestStack, pipeline: Pipeline, oneCase: KillCase): Promise<void> {
  const { name } = oneCase;
  for (let kills = 0; kills < MAX_KILLS; kills++) {
    const victim = pipeline.running(name)[0]!;
    await eventually(`${name} has state`, async () => expect(hasState(oneCase, await victim.metrics())).toBe(true));
    await killInTransaction(broker, victim);
    const successor = pipeline.start(name);
    await successor.ready();
    expect(hasRestoredState(oneCase, await successor.metrics())).toBe(true);
    const aborted = await eventually('the successor goes on', async () => {
      expect(sumOf(await successor.metrics(), 'tidemark_batches_total')).toBeGreaterThan(0);
      return countAborted(broker, (await topicsOf(broker, name)).keys());
    });
    if (aborted > 0) return;
  }
  throw new Error(`${name}: no transaction was aborted by the take-overs after ${MAX_KILLS} kills`);
}

test.each(killCases())(
  'kill -9 of $name inside of a transaction, and a restart: everything exactly once',
  async (oneCase) => {
    const { broker } = stack;
    const { run, workers } = oneCase;
    await run.feed(broker);
    const pipeline = stack.pipeline(ENV);
    workers.forEach((worker) => pipeline.start(worker));
    await killUntilAborted(stack, pipeline, oneCase);
    await eventually('exact results', () => run.assertResults(broker), { deadlineMs: 120_000, everyMs: 1_000 });
    // No worker had a failure of its own: what was aborted is what a successor found open.
    for (const worker of pipeline.running()) {
      expect(sumOf(await worker.metrics(), 'tidemark_task_failures_total')).toBe(0);
    }
    await pipeline.drain();
    await run.assertResults(broker);
  },
);
