import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestStack } from './servers/use-stack.ts';

const ROOT = join(__dirname, '../../..');
const ENDS_WITHIN_MS = 60_000;

/**
 * Runs a command of `npm run operate` and gives the lines that it prints.
 * @throws Error with what it says on stderr when it fails
 */
export async function operate({ broker, redis }: TestStack, ...args: string[]): Promise<string[]> {
  const env = { PATH: process.env['PATH'], KAFKA_BROKERS: broker, REDIS_URL: redis.url };
  const run = promisify(execFile)(process.execPath, ['tools/operate/src/main.ts', ...args], {
    ...{ cwd: ROOT, env, timeout: ENDS_WITHIN_MS },
  });
  const { stdout } = await run.catch((error: { stderr?: string }) => {
    throw new Error(`operate ${args.join(' ')}: ${error.stderr || String(error)}`);
  });
  return stdout.split('\n').filter((line) => line !== '');
}
