import { ensureKafkaTools } from '@tidemark/stack';
import { TEST_BROKERS } from './broker.ts';
import { runTool } from './run-tool.ts';

const JVM_ARGS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

/** Runs one of Kafka's own command line tools, on its Java client; answers what it prints. */
export async function kafkaTool(className: string, args: readonly string[], input = ''): Promise<string> {
  const { java, classPath } = await ensureKafkaTools();
  const encoding = '-Dfile.encoding=UTF-8';
  const tool = [...JVM_ARGS, encoding, '-cp', classPath, className, '--bootstrap-server', TEST_BROKERS.join(',')];
  return runTool(className, java, [...tool, ...args], input, { ...process.env, LC_ALL: 'C.UTF-8' });
}
