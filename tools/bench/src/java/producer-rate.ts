import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKafkaTools } from '@tidemark/stack';
import { createScratchTopics } from '../kafka/scratch-topics.ts';
import { writeValues } from '../workload/workload.ts';
import { median } from '../report/statistics.ts';
import type { BenchContext } from '../run/context.ts';
import { produceWithJava } from './perf-tools.ts';

const ROUNDS = 3;
const MAX_RECORDS = 1_000_000;

/**
 * What Java's producer tool reaches on a broker: the measure of this machine, at this time.
 * @param records at most a million are sent, so that it ends soon
 * @returns records/s, the median of three; undefined where the tool cannot be had
 */
export async function javaProducerRate(
  { print, logDir, signal }: BenchContext,
  brokers: string,
  records: number,
): Promise<number | undefined> {
  const tools = await ensureKafkaTools(print).catch((error: Error) => print(`without Java's tools: ${error.message}`));
  if (tools === undefined) return undefined;
  mkdirSync(logDir, { recursive: true });
  const valuesFile = join(logDir, 'values.jsonl');
  writeValues(valuesFile);
  const topics = createScratchTopics(brokers);
  const rates: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const topic = await topics.create();
      const run = { tools, brokers, topic, records: Math.min(records, MAX_RECORDS), signal };
      rates.push(await produceWithJava(run, valuesFile));
      await topics.remove(topic);
    }
  } finally {
    await topics.close();
  }
  return median(rates);
}
