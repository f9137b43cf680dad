import { join } from 'node:path';
import type { Stack } from '@tidemark/stack';
import type { ChildSpec } from '../processes/child.ts';
import type { LaunchContext } from '../run/context.ts';
import { appScript } from '../workers.ts';
import { emptyLog } from './empty-log.ts';

/**
 * What the demo sets unless told otherwise: the launcher shows the tables, so the workers need not; and who kills a
 * worker wants to see it back soon, not after half a minute.
 */
const DEMO_DEFAULTS = { CONSOLE_EVERY: '0', LOG_LEVEL: 'warn', SOURCE_SESSION_TIMEOUT: '6s' };

/** Where workers listen. */
export const WORKER_HOST = '127.0.0.1';

/** How a worker is started, with its health server on `port`. */
export function workerProcess(
  { env, rootDir, logDir }: Pick<LaunchContext, 'env' | 'rootDir' | 'logDir'>,
  stack: Pick<Stack, 'kafkaBrokers' | 'redisUrl'>,
  name: string,
  port: number,
): ChildSpec {
  const addresses = {
    KAFKA_BROKERS: stack.kafkaBrokers,
    REDIS_URL: stack.redisUrl,
    HOST: WORKER_HOST,
    PORT: String(port),
  };
  return {
    script: appScript(name),
    args: [],
    env: { ...DEMO_DEFAULTS, NODE_COMPILE_CACHE: join(rootDir, '.tidemark/compile-cache'), ...env, ...addresses },
    cwd: rootDir,
    logFile: emptyLog(logDir, name),
  };
}
