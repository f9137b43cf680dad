import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestStack } from './servers/use-stack.ts';
import { COMPILE_CACHE_DIR } from './workers/worker-process.ts';

const ROOT = join(__dirname, '../../..');
const ENDS_WITHIN_MS = 60_000;

/** The servers that a command works on. */
export type Servers = Pick<TestStack, 'broker' | 'redis'>;

/** What a command has said, and how it ended. */
export interface CommandEnd {
  readonly exitCode: number | undefined;
  /** Lines of stdout. */
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs a command of `npm run operate`, however it ends; an exit code of undefined is one that was killed. */
export async function endOfOperate({ broker, redis }: Servers, ...args: string[]): Promise<CommandEnd> {
  const servers = { KAFKA_BROKERS: broker, REDIS_URL: redis.url };
  const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE_DIR, ...servers };
  const run = promisify(execFile)(process.execPath, ['tools/operate/src/main.ts', ...args], {
    ...{ cwd: ROOT, env, timeout: ENDS_WITHIN_MS },
  });
  return run.then(
    ({ stdout, stderr }) => ({ exitCode: 0, lines: linesOf(stdout), stderr }),
    ({ code, stdout = '', stderr = '' }: { code?: unknown; stdout?: string; stderr?: string }) => ({
      exitCode: typeof code === 'number' ? code : undefined,
      lines: linesOf(stdout),
      stderr,
    }),
  );
}

/**
 * Runs a command of `npm run operate` and gives the lines that it prints.
 * @throws Error with what it says when it fails
 */
export async function operate(servers: Servers, ...args: string[]): Promise<readonly string[]> {
  const { exitCode, lines, stderr } = await endOfOperate(servers, ...args);
  if (exitCode === 0) return lines;
  throw new Error(`operate ${args.join(' ')}: exit ${exitCode}: ${stderr || lines.join('\n')}`);
}

function linesOf(stdout: string): string[] {
  return stdout.split('\n').filter((line) => line !== '');
}
