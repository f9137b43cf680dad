import { ensureSystemPackage } from '@tidemark/stack';
import { TEST_BROKERS } from './broker.ts';
import { runTool } from './run-tool.ts';

/** Runs kcat, a client on librdkafka; answers what it prints. @throws Error with what it says when it fails */
export async function kcat(args: readonly string[], input = ''): Promise<string> {
  const command = await ensureSystemPackage('kcat');
  return runTool(`kcat ${args.join(' ')}`, command, ['-b', TEST_BROKERS.join(','), '-q', ...args], input);
}
