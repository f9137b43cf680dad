import type { TopicDefinition, TopicSpecLike } from './topic-definition.ts';
import { keptForDays, originalsKeptForDays, RECEIVED_FROM_OUTSIDE } from './topic-definition.ts';

/** Topics that the producer or anyone feeds. */
const inputs = {
  salesEvents: {
    topic: 'sales-events',
    partitions: 3,
    config: RECEIVED_FROM_OUTSIDE,
    owner: 'external',
    visibility: 'public',
    key: 'none, or event_id',
    rowIdentity: ['event_id'],
    value: 'event_id, timestamp (epoch s), product, price, quantity, region',
  },
  userBehavior: {
    topic: 'user-behavior',
    partitions: 3,
    config: RECEIVED_FROM_OUTSIDE,
    owner: 'external',
    visibility: 'public',
    key: 'user_id',
    rowIdentity: [],
    value: 'user_id, item_id, action (view, purchase, cart, search, …), timestamp (epoch s), category',
  },
  userEvents: {
    topic: 'user-events',
    partitions: 3,
    config: RECEIVED_FROM_OUTSIDE,
    owner: 'external',
    visibility: 'public',
    key: 'any',
    rowIdentity: [],
    value: 'any JSON object',
  },
  systemEvents: {
    topic: 'system-events',
    partitions: 3,
    config: RECEIVED_FROM_OUTSIDE,
    owner: 'external',
    visibility: 'public',
    key: 'any',
    rowIdentity: [],
    value: 'any JSON object',
  },
} as const satisfies Record<string, TopicDefinition>;

/** Topics that the workers compute. Row identity is not the key: only `sales-summary` may be compacted by key. */
const results = {
  processedEvents: {
    topic: 'processed-events',
    partitions: 6,
    config: keptForDays(7),
    owner: 'parser/parse',
    visibility: 'public',
    key: 'event_id',
    rowIdentity: ['event_id'],
    value: 'event_id, product, region, total_amount, event_time',
  },
  processedData: {
    topic: 'processed-data',
    partitions: 6,
    config: keptForDays(7),
    owner: 'parser/parse',
    visibility: 'public',
    key: 'event_id',
    rowIdentity: ['event_id'],
    value: 'event_id, timestamp (epoch s), product, price, quantity, region',
  },
  salesSummary: {
    topic: 'sales-summary',
    partitions: 3,
    config: { 'cleanup.policy': 'compact' },
    owner: 'region-aggregator/merge',
    visibility: 'public',
    key: 'region',
    rowIdentity: ['region'],
    value: 'region, total_sales, order_count, avg_order_value',
  },
  windowSales: {
    topic: 'window-sales',
    partitions: 3,
    config: keptForDays(7),
    owner: 'window-aggregator/merge',
    visibility: 'public',
    key: 'product',
    rowIdentity: ['product', 'window_start'],
    value: 'product, window_start, window_end, window_sales, window_orders',
  },
  userInterests: {
    topic: 'user-interests',
    partitions: 6,
    config: keptForDays(7),
    owner: 'recommender/merge',
    visibility: 'public',
    key: 'user_id',
    rowIdentity: ['user_id', 'category', 'window_start'],
    value: 'user_id, category, window_start, window_end, interest_score',
  },
  recommendations: {
    topic: 'recommendations',
    partitions: 3,
    config: keptForDays(7),
    owner: 'recommender/merge',
    visibility: 'public',
    key: 'category',
    rowIdentity: ['item_id', 'category', 'window_start'],
    value: 'item_id, category, popularity_score, window_start',
  },
} as const satisfies Record<string, TopicDefinition>;

/** Topics for what could not be computed. Their rows are identified by source coordinates, which are no JSON fields. */
const faults = {
  errorEvents: {
    topic: 'error-events',
    partitions: 3,
    config: keptForDays(7),
    owner: 'every-worker',
    visibility: 'public',
    key: '`error`',
    rowIdentity: [],
    value:
      'error_message, batch_id, error_time, code, worker, step, attempt, source, payload, payload_bytes, payload_sha256',
  },
  lateEvents: {
    topic: 'late-events',
    partitions: 3,
    config: originalsKeptForDays(7),
    owner: 'every-worker',
    visibility: 'public',
    key: 'as the input',
    rowIdentity: [],
    value: 'the late record as it came; headers say from where and how late',
  },
  deadLetters: {
    topic: 'dead-letters',
    partitions: 3,
    config: originalsKeptForDays(30),
    owner: 'error-router/route',
    visibility: 'public',
    key: 'as the input',
    rowIdentity: [],
    value: 'the original bytes; the error in headers',
  },
} as const satisfies Record<string, TopicDefinition>;

/** Topics of the toolkit that all workers share. */
const shared = {
  manifests: {
    topic: 'tidemark.manifests',
    partitions: 1,
    config: { 'cleanup.policy': 'compact' },
    owner: 'toolkit',
    visibility: 'internal',
    key: 'application/stage',
    rowIdentity: [],
    value: 'tasks, partition counts and fingerprints of a stage',
  },
  progress: {
    topic: 'tidemark.progress',
    partitions: 3,
    config: keptForDays(1),
    owner: 'toolkit',
    visibility: 'internal',
    key: 'application/stage',
    rowIdentity: [],
    value: 'what the last batches of a stage did',
  },
  // Readers take frontiers from the log's start: small segments let the cleaner get at all but the last minute, and the
  // lag keeps every frontier of that minute, in order, for readers that are just behind.
  frontiers: {
    topic: 'tidemark.frontiers',
    partitions: 4,
    config: {
      'cleanup.policy': 'compact',
      'min.compaction.lag.ms': '60000',
      'min.cleanable.dirty.ratio': '0.1',
      'segment.bytes': String(4 * 1024 * 1024),
      'segment.ms': '600000',
    },
    owner: 'toolkit',
    visibility: 'internal',
    key: 'source task',
    rowIdentity: [],
    value: 'frontier, idle lease, ends written per output partition, done',
  },
} as const satisfies Record<string, TopicDefinition>;

/** Every topic with a fixed name. Per-stage topics are in `stage-topics.ts`. */
export const topics = { ...inputs, ...results, ...faults, ...shared };

/** The catalogue as a list, in the order of the manual. */
export function allTopics(): readonly TopicDefinition[] {
  return Object.values(topics);
}

/** What has to exist before any worker starts: auto-creation is off. */
export function catalogueSpecs(): readonly TopicSpecLike[] {
  return allTopics().map(({ topic, partitions, config }) => ({ topic, partitions, config }));
}

/** The definition of a topic by its name; undefined for a topic that is not in the catalogue. */
export function findTopic(topic: string): TopicDefinition | undefined {
  return allTopics().find((definition) => definition.topic === topic);
}
