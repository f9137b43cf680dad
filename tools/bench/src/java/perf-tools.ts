import type { KafkaTools } from '@tidemark/stack';
import { outputOf } from '../processes/run-command.ts';

export interface JavaRun {
  readonly tools: KafkaTools;
  readonly brokers: string;
  readonly topic: string;
  readonly records: number;
  readonly signal: AbortSignal;
}

/** For short-lived processes beside a broker on the same two cores, as the broker itself is started. */
const JVM_ARGS = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:-UsePerfData'];

/** With its default of 16 KiB a batch the tool is slower. All else is Kafka's default, said to be sure of it. */
const PRODUCER_PROPERTIES = ['acks=all', 'enable.idempotence=true', 'batch.size=131072'];

/**
 * Kafka's own producer benchmark (kafka-producer-perf-test), as fast as it can.
 * @param payloadFile one value per line; the tool picks them at random
 * @returns records/s, by its own clock
 */
export async function produceWithJava(run: JavaRun, payloadFile: string): Promise<number> {
  const args = ['--bootstrap-server', run.brokers, '--topic', run.topic, '--num-records', String(run.records)];
  const how = ['--throughput', '-1', '--payload-file', payloadFile, '--command-property', ...PRODUCER_PROPERTIES];
  return producedPerSecond(await runTool(run, 'ProducerPerformance', [...args, ...how]));
}

/** Kafka's own consumer benchmark (kafka-consumer-perf-test). @returns records/s, joining the group left out */
export async function readWithJava(run: JavaRun): Promise<number> {
  const args = ['--bootstrap-server', run.brokers, '--topic', run.topic, '--num-records', String(run.records)];
  return readPerSecond(await runTool(run, 'ConsumerPerformance', args), run.records);
}

function runTool({ tools, signal }: JavaRun, name: string, args: readonly string[]): Promise<string> {
  const java = [...JVM_ARGS, '-cp', tools.classPath, `org.apache.kafka.tools.${name}`];
  return outputOf({ command: tools.java, args: [...java, ...args], signal });
}

/** The rate in the producer tool's last line. @throws Error for a text without one */
export function producedPerSecond(output: string): number {
  const match = [...output.matchAll(/^\d+ records sent, ([\d.]+) records\/sec/gm)].at(-1);
  if (match === undefined) throw new Error(`no rate in what the producer tool printed: ${output}`);
  return Number(match[1]);
}

/** The rate of fetching in the consumer tool's table. @throws Error for a text without one, or with other counts */
export function readPerSecond(output: string, records: number): number {
  const [head, row] = output.split('\n').filter((line) => line.includes(', '));
  const values = row?.split(', ') ?? [];
  const valueOf = (column: string) => Number(values[(head ?? '').split(', ').indexOf(column)]);
  const perSecond = valueOf('fetch.nMsg.sec');
  if (!Number.isFinite(perSecond)) throw new Error(`no rate in what the consumer tool printed: ${output}`);
  if (valueOf('data.consumed.in.nMsg') < records) throw new Error(`the consumer tool read too little: ${output}`);
  return perSecond;
}
