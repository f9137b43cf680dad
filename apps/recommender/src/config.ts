import { type WorkerConfig, workerChecks, workerConfig, type WorkerDefaults, workerEnv } from '@tidemark/host';
import { booleanText, durationText, type Env, oneOfText, parseEnv, topics, wholeNumberText } from '@tidemark/schemas';
import { OUTPUT_MODES } from '@tidemark/stream';
import type { RecommenderOptions } from './topology.ts';

export type RecommenderConfig = WorkerConfig & RecommenderOptions;

const DEFAULTS: WorkerDefaults = { worker: 'recommender', subscribe: [topics.userBehavior.topic], port: 8084 };

const MINUTE_MS = 60_000;
const INTERESTS_WINDOW = { sizeMs: 10 * MINUTE_MS, slideMs: 5 * MINUTE_MS };
const POPULARITY_WINDOW = { sizeMs: 60 * MINUTE_MS, slideMs: 30 * MINUTE_MS };
const DEFAULT_INTERESTS_EVERY_MS = 30_000;
const DEFAULT_POPULARITY_EVERY_MS = MINUTE_MS;

/** @throws TidemarkError TM_CONFIG_INVALID with all problems at once */
export function loadConfig(env: Env): RecommenderConfig {
  const shape = {
    ...workerEnv(DEFAULTS),
    INTERESTS_MODE: oneOfText(OUTPUT_MODES).default('update'),
    INTERESTS_TRIGGER: durationText().optional(),
    POPULARITY_MODE: oneOfText(OUTPUT_MODES).default('update'),
    POPULARITY_TRIGGER: durationText().optional(),
    WATERMARK_DELAY: durationText().default(5 * MINUTE_MS),
    CLOSE_WHEN_IDLE: booleanText().default(false),
    RECOMMEND_ABOVE: wholeNumberText(0).default(10),
    MAX_FUTURE: durationText().default(300_000),
  };
  const values = parseEnv(shape, env, workerChecks);
  const worker = workerConfig(values, DEFAULTS);
  const shared = { watermarkDelayMs: values.WATERMARK_DELAY, closesWhenIdle: values.CLOSE_WHEN_IDLE };
  return Object.freeze({
    ...worker,
    maxFutureMs: values.MAX_FUTURE,
    recommendAbove: values.RECOMMEND_ABOVE,
    interests: {
      ...shared,
      window: INTERESTS_WINDOW,
      mode: values.INTERESTS_MODE,
      everyMs: values.INTERESTS_TRIGGER ?? worker.everyMs ?? DEFAULT_INTERESTS_EVERY_MS,
    },
    popularity: {
      ...shared,
      window: POPULARITY_WINDOW,
      mode: values.POPULARITY_MODE,
      everyMs: values.POPULARITY_TRIGGER ?? worker.everyMs ?? DEFAULT_POPULARITY_EVERY_MS,
    },
  });
}
