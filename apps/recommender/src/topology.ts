import { type BehaviorEvent, encodeRecommendation, encodeUserInterest, parseBehavior, topics } from '@tidemark/schemas';
import {
  aggregate,
  defineTopology,
  type OutputMode,
  parseStep,
  query,
  type Query,
  type TopicSource,
} from '@tidemark/stream';
import type { Topology } from '@tidemark/stream';
import { count, slidingWindow, type WindowSpec } from '@tidemark/window-state';
import { popularityScore } from './popularity.ts';

/** One of the two queries. */
export interface WindowedQueryOptions {
  readonly window: WindowSpec;
  readonly watermarkDelayMs: number;
  /** Whether the clock closes windows while nothing comes in; see `query`. */
  readonly closesWhenIdle: boolean;
  readonly mode: OutputMode;
  /** Emission interval; 0 = with each commit. */
  readonly everyMs: number;
}

export interface RecommenderOptions {
  readonly source: TopicSource;
  readonly maxFutureMs: number;
  readonly interests: WindowedQueryOptions;
  readonly popularity: WindowedQueryOptions;
  /** Items with a larger popularity score are recommended. */
  readonly recommendAbove: number;
}

/** user-behavior → views per user and category → user-interests; popular items per category → recommendations. */
export function createTopology(options: RecommenderOptions): Topology {
  return defineTopology({
    worker: 'recommender',
    stages: aggregate({
      source: options.source,
      step: parseStep('parseBehavior', parseBehavior),
      eventTimeMs: (event) => event.timestampS * 1_000,
      maxFutureMs: options.maxFutureMs,
      queries: [interests(options.interests), popularity(options.popularity, options.recommendAbove)],
    }),
  });
}

function interests(options: WindowedQueryOptions): Query<BehaviorEvent> {
  return query({
    ...options,
    name: 'user-interests',
    where: (event: BehaviorEvent) => event.action === 'view',
    groupBy: { userId: (event) => event.userId, category: (event) => event.category },
    window: slidingWindow(options.window),
    measures: { interestScore: count() },
    sink: { topic: topics.userInterests.topic, key: (row) => row.userId, encode: encodeUserInterest },
  });
}

function popularity(options: WindowedQueryOptions, recommendAbove: number): Query<BehaviorEvent> {
  return query({
    ...options,
    name: 'recommendations',
    where: (event: BehaviorEvent) => event.action === 'view' || event.action === 'purchase',
    groupBy: { itemId: (event) => event.itemId, category: (event) => event.category },
    window: slidingWindow(options.window),
    measures: {
      views: count((event: BehaviorEvent) => event.action === 'view'),
      purchases: count((event: BehaviorEvent) => event.action === 'purchase'),
    },
    sink: {
      topic: topics.recommendations.topic,
      key: (row) => row.category,
      encode: (row) => {
        const score = popularityScore(row);
        return score > recommendAbove ? encodeRecommendation({ ...row, popularityScore: score }) : undefined;
      },
    },
  });
}
