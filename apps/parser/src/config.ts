import { type WorkerConfig, workerChecks, workerConfig, type WorkerDefaults, workerEnv } from '@tidemark/host';
import { booleanText, durationText, type Env, parseEnv, topics } from '@tidemark/schemas';
import type { ParserOptions } from './topology.ts';

export type ParserConfig = WorkerConfig & ParserOptions;

const DEFAULTS: WorkerDefaults = { worker: 'parser', subscribe: [topics.salesEvents.topic], port: 8081 };

/** @throws TidemarkError TM_CONFIG_INVALID with all problems at once */
export function loadConfig(env: Env): ParserConfig {
  const shape = {
    ...workerEnv(DEFAULTS),
    MAX_FUTURE: durationText().default(300_000),
    PROCESSED_DATA: booleanText().default(true),
  };
  const values = parseEnv(shape, env, workerChecks);
  return Object.freeze({
    ...workerConfig(values, DEFAULTS),
    maxFutureMs: values.MAX_FUTURE,
    writesProcessedData: values.PROCESSED_DATA,
  });
}
