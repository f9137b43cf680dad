import type { TopicSpecLike } from './topic-definition.ts';
import { checkTopicName, keptForDays, originalsKeptForDays } from './topic-definition.ts';

const INTERNAL_PREFIX = 'tidemark.';
const CHANGELOG_SUFFIX = '.changelog';

/** Partitions of a partials topic when a topology says nothing else; more than the sources have, so that merge scales. */
export const DEFAULT_PARTIALS_PARTITIONS = 6;

/** Settings of every changelog; `delete.retention.ms` bounds how old a checkpoint may be that is brought up to date. */
export const CHANGELOG_CONFIG = {
  'cleanup.policy': 'compact',
  'segment.bytes': String(64 * 1024 * 1024),
  'delete.retention.ms': '86400000',
  // Restoring reads all of it: clean at a tenth of waste rather than at half.
  'min.cleanable.dirty.ratio': '0.1',
} as const;

/** Settings of every partials topic: partials are deltas, so that compaction would lose sums. */
export const PARTIALS_CONFIG = keptForDays(7);

/** Whether a topic belongs to the toolkit; no public pattern subscription may match it. */
export function isInternalTopic(topic: string): boolean {
  return topic.startsWith(INTERNAL_PREFIX);
}

/** Whether a topic is the changelog of a stage. */
export function isChangelogTopic(topic: string): boolean {
  return isInternalTopic(topic) && topic.endsWith(CHANGELOG_SUFFIX);
}

/** Name of a stage's changelog: `tidemark.<application>.<stage>.changelog`. @throws TidemarkError TM_CONFIG_INVALID */
export function changelogTopic(application: string, stage: string): string {
  return checkTopicName(`${INTERNAL_PREFIX}${application}.${stage}${CHANGELOG_SUFFIX}`);
}

/** Name of a stage's partials topic: `tidemark.<application>.<stage>.partials`. @throws TidemarkError TM_CONFIG_INVALID */
export function partialsTopic(application: string, stage: string): string {
  return checkTopicName(`${INTERNAL_PREFIX}${application}.${stage}.partials`);
}

/** A stage's changelog; one partition per task. */
export function changelogSpec(application: string, stage: string, taskCount: number): TopicSpecLike {
  return { topic: changelogTopic(application, stage), partitions: taskCount, config: CHANGELOG_CONFIG };
}

/** The topic between a combine stage and its merge stage. */
export function partialsSpec(
  application: string,
  stage: string,
  partitions: number = DEFAULT_PARTIALS_PARTITIONS,
): TopicSpecLike {
  return { topic: partialsTopic(application, stage), partitions, config: PARTIALS_CONFIG };
}

/** Settings of every repartition topic: it holds original records, which may be as large as their source takes them. */
export const REPARTITION_CONFIG = originalsKeptForDays(7);

/** What a repartition stage writes: `tidemark.<application>.<stage>-repartition`. @throws TidemarkError TM_CONFIG_INVALID */
export function repartitionTopic(application: string, stage: string): string {
  return checkTopicName(`${INTERNAL_PREFIX}${application}.${stage}-repartition`);
}

/** The topic between a repartition stage and the stage behind it; one partition per task of the latter. */
export function repartitionSpec(application: string, stage: string, partitions: number): TopicSpecLike {
  return { topic: repartitionTopic(application, stage), partitions, config: REPARTITION_CONFIG };
}
