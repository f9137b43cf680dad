import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureSystemPackage } from '@tidemark/stack';
import { TEST_BROKERS } from './broker.ts';

/** Runs kcat, a client on librdkafka; answers what it prints. @throws Error with what it says when it fails */
export async function kcat(args: readonly string[], input = ''): Promise<string> {
  const command = await ensureSystemPackage('kcat');
  const child = spawn(command, ['-b', TEST_BROKERS.join(','), '-q', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [output, said]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.end(input);
  const [exitCode] = (await once(child, 'close')) as [number];
  if (exitCode === 0) return Buffer.concat(output).toString();
  throw new Error(`kcat ${args.join(' ')} ended with ${exitCode}: ${Buffer.concat(said).toString()}`);
}
