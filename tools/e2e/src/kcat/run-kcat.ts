import { spawn } from 'node:child_process';
import { ensureSystemPackage } from '@tidemark/stack';

const ENDS_WITHIN_MS = 120_000;

/**
 * Runs kcat, a client on librdkafka that shares nothing with the one under test, and gives what it prints.
 * @throws Error with its message when it fails or does not end
 */
export async function runKcat(args: readonly string[], input: Buffer | string = ''): Promise<Buffer> {
  const command = await ensureSystemPackage('kcat');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe', timeout: ENDS_WITHIN_MS, killSignal: 'SIGKILL' });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    // It may end before it has read everything; why is what it says then.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out));
      reject(new Error(`kcat ${args.join(' ')}: ${signal ?? `exit ${code}`}: ${Buffer.concat(err).toString()}`));
    });
  });
}
