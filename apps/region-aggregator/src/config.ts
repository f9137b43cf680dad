import { type WorkerConfig, workerChecks, workerConfig, type WorkerDefaults, workerEnv } from '@tidemark/host';
import { durationText, type Env, oneOfText, parseEnv, topics } from '@tidemark/schemas';
import type { RegionAggregatorOptions } from './topology.ts';

export type RegionAggregatorConfig = WorkerConfig & RegionAggregatorOptions;

const DEFAULTS: WorkerDefaults = {
  worker: 'region-aggregator',
  subscribe: [topics.processedEvents.topic],
  port: 8082,
  consoleEveryMs: 10_000,
};

const DEFAULT_EVERY_MS = 20_000;

/** @throws TidemarkError TM_CONFIG_INVALID with all problems at once */
export function loadConfig(env: Env): RegionAggregatorConfig {
  const shape = {
    ...workerEnv(DEFAULTS),
    OUTPUT_MODE: oneOfText(['complete', 'update']).default('complete'),
    MAX_FUTURE: durationText().default(300_000),
  };
  const values = parseEnv(shape, env, workerChecks);
  const worker = workerConfig(values, DEFAULTS);
  return Object.freeze({
    ...worker,
    mode: values.OUTPUT_MODE,
    everyMs: worker.everyMs ?? DEFAULT_EVERY_MS,
    maxFutureMs: values.MAX_FUTURE,
  });
}
