import { createKafka, type Kafka } from '@tidemark/kafka';
import { parseBrokers } from '@tidemark/schemas';
import type { Stack } from '@tidemark/stack';
import { unlessAborted } from '../processes/abort.ts';
import type { SupervisedWorker } from '../processes/supervise.ts';
import { prepareStack } from '../setup/prepare-stack.ts';
import { prepareTopics } from '../setup/prepare-topics.ts';
import { retryPassing } from '../setup/retry.ts';
import { startWorkers } from '../setup/start-workers.ts';
import { grouped } from '../tables/format.ts';
import { createResults, regionTotals, type Results } from '../tables/results.ts';
import { type TopicWatch, watchTopics } from '../tables/watch-topics.ts';
import type { LaunchContext } from './context.ts';

/** The pipeline, up and ready. */
export interface Pipeline {
  readonly stack: Stack;
  readonly kafka: Kafka;
  readonly workers: readonly (readonly SupervisedWorker[])[];
  readonly results: Results;
  readonly watch: TopicWatch;
  /** Orders in the region totals before the workers started. */
  readonly ordersBefore: number;
}

/** Everything up to the point where events can be sent. @throws TidemarkError */
export async function setUp(context: LaunchContext): Promise<Pipeline> {
  const { narrator, cleanup, end } = context;
  narrator.title('Tidemark: setting up');
  const stack = await prepareStack(context);
  const kafka = createKafka({ brokers: parseBrokers(stack.kafkaBrokers) ?? [], clientId: 'tidemark-launcher' });
  cleanup.add('admin connection', () => kafka.admin.close().then(() => true));
  await unlessAborted(setUpTopics(context, kafka), end.signal);
  const results = createResults();
  const watch = await startWatch(context, kafka, results);
  await unlessAborted(watch.reachEnds(), end.signal);
  const ordersBefore = regionTotals(results).orders;
  const workers = await startWorkers(context, stack);
  return { stack, kafka, workers, results, watch, ordersBefore };
}

async function setUpTopics({ narrator }: LaunchContext, kafka: Kafka): Promise<void> {
  const { created, existing, differences } = await retryPassing(() => prepareTopics(kafka.admin));
  narrator.tell('topics', `${grouped(created + existing)} ready, ${grouped(created)} of them new`);
  for (const difference of differences) narrator.warn('topics', difference);
}

async function startWatch({ narrator, cleanup }: LaunchContext, kafka: Kafka, results: Results): Promise<TopicWatch> {
  const onFailure = (error: unknown) =>
    narrator.warn('tables', `stand still from now on: ${error instanceof Error ? error.message : String(error)}`);
  const watch = await watchTopics(results, { reader: kafka.reader(), admin: kafka.admin, onFailure });
  cleanup.add('reader', () => watch.close().then(() => true));
  return watch;
}
