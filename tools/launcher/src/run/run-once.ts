import { TidemarkError } from '@tidemark/schemas';
import { unlessAborted } from '../processes/abort.ts';
import type { SupervisedWorker } from '../processes/supervise.ts';
import { counted, seconds } from '../tables/format.ts';
import { renderTables, stackTables } from '../tables/render-tables.ts';
import { regionTotals } from '../tables/results.ts';
import { FINAL_LIMITS } from '../tables/row-limits.ts';
import type { LaunchContext } from './context.ts';
import { judgeRun } from './judge-run.ts';
import type { Pipeline } from './set-up.ts';
import { producerFailure, startProducer } from './start-producer.ts';

const DRAINED_WITHIN_MS = 300_000;

/** Sends the demo events, drains the workers in order, shows the final tables. @throws TidemarkError */
export async function runOnce(context: LaunchContext, pipeline: Pipeline): Promise<void> {
  const { narrator, end, config } = context;
  if (config.demo) await sendAll(context, pipeline);
  for (const group of pipeline.workers) {
    await unlessAborted(Promise.all(group.map((worker) => drain(context, worker))), end.signal);
  }
  await unlessAborted(pipeline.watch.reachEnds(), end.signal);
  narrator.screen.print('');
  for (const line of stackTables(renderTables(pipeline.results, FINAL_LIMITS))) narrator.screen.print(line);
  narrator.screen.print('');
  for (const line of judgeRun(countsOf(pipeline, config.demo?.sales))) narrator.title(line);
}

async function sendAll(context: LaunchContext, { stack }: Pipeline): Promise<void> {
  const { config, narrator, end } = context;
  if (!config.demo) return;
  narrator.tell('producer', `sending ${counted(config.demo.sales, 'sale')}`);
  const producer = startProducer(context, stack, config.demo, (line) => narrator.tell('producer', line));
  const failure = producerFailure(producer, await unlessAborted(producer.exited, end.signal));
  if (failure) throw failure;
}

async function drain({ narrator, end }: LaunchContext, worker: SupervisedWorker): Promise<void> {
  const startMs = performance.now();
  const timeout = setTimeout(() => end.abort(notDrained(worker.name)), DRAINED_WITHIN_MS);
  try {
    await unlessAborted(worker.drain(), end.signal);
  } finally {
    clearTimeout(timeout);
  }
  narrator.tell(worker.name, `drained (${seconds(performance.now() - startMs)})`);
}

function countsOf({ results, ordersBefore }: Pipeline, sent: number | undefined) {
  const { salesErrors, deadLetters } = results.faults;
  return { sent, ordersBefore, ordersAfter: regionTotals(results).orders, salesErrors, deadLetters };
}

function notDrained(name: string): TidemarkError {
  return new TidemarkError(
    'TM_PROCESS_FAILED',
    `${name} has not drained within ${DRAINED_WITHIN_MS / 1_000} s. Is something feeding its topics without end? See its log in .tidemark/logs`,
  );
}
