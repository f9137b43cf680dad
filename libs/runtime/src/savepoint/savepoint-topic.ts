import { TidemarkError } from '@tidemark/schemas';
import type { TopicSpec } from '@tidemark/stream';

const PREFIX = 'tidemark.savepoints.';

/** Where a savepoint of this name is kept. @throws TidemarkError (TM_CONFIG_INVALID) */
export function savepointTopic(name: string): string {
  if (/^[\w-]{1,100}$/.test(name)) return PREFIX + name;
  throw new TidemarkError('TM_CONFIG_INVALID', `savepoint ${JSON.stringify(name)}: letters, digits, _ and - only, at most 100`); // prettier-ignore
}

/** The name of the savepoint that a topic holds; undefined for other topics. */
export function savepointName(topic: string): string | undefined {
  return topic.startsWith(PREFIX) ? topic.slice(PREFIX.length) : undefined;
}

/** Kept until it is deleted, and never compacted: its records are read in their order. */
export function savepointSpec(name: string): TopicSpec {
  const config = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
  return { topic: savepointTopic(name), partitions: 1, config };
}
