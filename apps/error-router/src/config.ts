import { type WorkerConfig, workerChecks, workerConfig, type WorkerDefaults, workerEnv } from '@tidemark/host';
import { type Env, parseEnv, topics } from '@tidemark/schemas';

export type ErrorRouterConfig = WorkerConfig;

const DEFAULTS: WorkerDefaults = { worker: 'error-router', subscribe: [topics.errorEvents.topic], port: 8085 };

/** @throws TidemarkError TM_CONFIG_INVALID with all problems at once */
export function loadConfig(env: Env): ErrorRouterConfig {
  return workerConfig(parseEnv(workerEnv(DEFAULTS), env, workerChecks), DEFAULTS);
}
