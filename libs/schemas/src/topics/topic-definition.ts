import { TidemarkError } from '../errors/tidemark-error.ts';

/** What it takes to create a topic: plain data, the same shape as the log port's `TopicSpec`. */
export interface TopicSpecLike {
  readonly topic: string;
  readonly partitions: number;
  /** Settings as the broker names and prints them (`cleanup.policy`, `retention.ms`, …). */
  readonly config: Readonly<Record<string, string>>;
}

/** A stage by the worker that runs it: its tasks are the only writers of the topics that it owns. */
export type StageId = `${string}/${string}`;

/**
 * Who writes a topic. `external`: the producer or anyone, no task of ours. `every-worker`: any stage may, so that
 * no manifest tells whose frontiers to wait for. `toolkit`: the runtime itself.
 */
export type TopicOwner = StageId | 'external' | 'every-worker' | 'toolkit';

/** One topic of the catalogue. */
export interface TopicDefinition extends TopicSpecLike {
  readonly owner: TopicOwner;
  /** `public`: other programs may read it. `internal`: its format may change with any release. */
  readonly visibility: 'public' | 'internal';
  /** What the record key is, in words. */
  readonly key: string;
  /** JSON fields of the value whose values together identify a row; empty where records are no rows. */
  readonly rowIdentity: readonly string[];
  /** What the value is, in words. */
  readonly value: string;
}

const DAY_MS = 86_400_000;

/** Settings of a topic that drops what is older than `days`. */
export function keptForDays(days: number): Readonly<Record<string, string>> {
  return { 'cleanup.policy': 'delete', 'retention.ms': String(days * DAY_MS) };
}

/**
 * Settings of a topic that others feed: kept for 7 days, each record stamped by the broker when it arrives. "Received"
 * is then the broker's clock, so that a producer whose clock is wrong cannot vouch for its own event times.
 */
export const RECEIVED_FROM_OUTSIDE: Readonly<Record<string, string>> = {
  ...keptForDays(7),
  'message.timestamp.type': 'LogAppendTime',
};

/**
 * Settings of a topic that holds whole original records plus headers about them: twice the default limit (1 MiB), since
 * a record that just fitted into its source topic must still fit with the headers.
 */
export function originalsKeptForDays(days: number): Readonly<Record<string, string>> {
  return { ...keptForDays(days), 'max.message.bytes': String(2 * 1024 * 1024) };
}

/** Whether Kafka accepts the name. */
export function isTopicName(topic: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..';
}

/**
 * The name itself, when Kafka accepts it.
 * @throws TidemarkError TM_CONFIG_INVALID
 */
export function checkTopicName(topic: string): string {
  if (isTopicName(topic)) return topic;
  throw new TidemarkError(
    'TM_CONFIG_INVALID',
    `"${topic}" is no topic name: use 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"`,
  );
}
