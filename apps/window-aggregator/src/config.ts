import { type WorkerConfig, workerChecks, workerConfig, type WorkerDefaults, workerEnv } from '@tidemark/host';
import { booleanText, durationText, type Env, oneOfText, parseEnv, topics } from '@tidemark/schemas';
import { OUTPUT_MODES } from '@tidemark/stream';
import type { WindowAggregatorOptions } from './topology.ts';

export type WindowAggregatorConfig = WorkerConfig & WindowAggregatorOptions;

const DEFAULTS: WorkerDefaults = {
  worker: 'window-aggregator',
  subscribe: [topics.processedEvents.topic],
  port: 8083,
};

const DEFAULT_EVERY_MS = 15_000;

/** @throws TidemarkError TM_CONFIG_INVALID with all problems at once */
export function loadConfig(env: Env): WindowAggregatorConfig {
  const shape = {
    ...workerEnv(DEFAULTS),
    OUTPUT_MODE: oneOfText(OUTPUT_MODES).default('update'),
    WINDOW_SIZE: durationText(1).default(60_000),
    WINDOW_SLIDE: durationText(1).default(30_000),
    WATERMARK_DELAY: durationText().default(10_000),
    CLOSE_WHEN_IDLE: booleanText().default(false),
    MAX_FUTURE: durationText().default(300_000),
  };
  const values = parseEnv(shape, env, [...workerChecks]);
  const worker = workerConfig(values, DEFAULTS);
  return Object.freeze({
    ...worker,
    window: { sizeMs: values.WINDOW_SIZE, slideMs: values.WINDOW_SLIDE },
    watermarkDelayMs: values.WATERMARK_DELAY,
    closesWhenIdle: values.CLOSE_WHEN_IDLE,
    mode: values.OUTPUT_MODE,
    everyMs: worker.everyMs ?? DEFAULT_EVERY_MS,
    maxFutureMs: values.MAX_FUTURE,
  });
}
