import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKafkaTools, type KafkaTools, startKafka } from '@tidemark/stack';
import { type BenchContext, unlessAborted } from '../run/context.ts';
import { clientSummary, type Measured, measureTable } from './client-report.ts';
import type { MeasureName } from './measures.ts';
import { runMeasure } from './run-measure.ts';
import { createScratchTopics } from '../kafka/scratch-topics.ts';
import { writeValues } from '../workload/workload.ts';

export interface ClientBenchOptions {
  /** Per client and round. */
  readonly records: number;
  readonly rounds: number;
  /** Which measures to take. */
  readonly measures: readonly MeasureName[];
}

/** Compares clients on a broker of the bench's own. */
export async function clientBench(context: BenchContext, options: ClientBenchOptions): Promise<void> {
  const kafka = await startKafka({ lifetime: 'with-parent', onProgress: context.print });
  try {
    const measured = await unlessAborted(measureAll(context, options, kafka.address), context.signal);
    context.print(JSON.stringify(clientSummary(options.records, options.rounds, measured)));
  } finally {
    await kafka.stop();
  }
}

async function measureAll(context: BenchContext, options: ClientBenchOptions, brokers: string): Promise<Measured> {
  mkdirSync(context.logDir, { recursive: true });
  const valuesFile = join(context.logDir, 'values.jsonl');
  writeValues(valuesFile);
  const { rootDir, signal } = context;
  const runner = { rootDir, brokers, valuesFile, javaTools: await findJavaTools(context), signal };
  const topics = createScratchTopics(brokers);
  const measured: Measured = {};
  try {
    for (const name of options.measures) {
      measured[name] = await runMeasure({ context, options, runner, topics }, name);
      for (const line of measureTable(name, measured[name])) context.print(line);
    }
  } finally {
    await topics.close();
  }
  return measured;
}

/** Without them all else can still be compared. */
async function findJavaTools({ print }: BenchContext): Promise<KafkaTools | undefined> {
  try {
    return await ensureKafkaTools(print);
  } catch (error) {
    print(`without Java's tools: ${(error as Error).message}`);
    return undefined;
  }
}
