import { durationText, textAs, wholeNumberText } from '../config/env-values.ts';
import type { EnvCheck, parseEnv } from '../config/parse-env.ts';
import { isInternalTopic } from '../topics/stage-topics.ts';
import { isTopicName } from '../topics/topic-definition.ts';
import type { AssignedPartitions, StartingOffsets } from './partition-json.ts';
import { ASSIGN_RULE, parseAssign, parseStartingOffsets, STARTING_OFFSETS_RULE } from './partition-json.ts';
import { PATTERN_RULE, topicPattern } from './topic-pattern.ts';

/** Where and how a worker reads; exactly one of `subscribe`, `subscribePattern` and `assign` is set. */
export interface SourceOptions {
  /** Topics; task p reads partition p of each that has one. */
  readonly subscribe?: readonly string[] | undefined;
  /** Regular expression for whole topic names; `topicPattern` anchors it. New topics that match are picked up. */
  readonly subscribePattern?: string | undefined;
  /** Partitions by topic, without a group. */
  readonly assign?: AssignedPartitions | undefined;
  /** Counts only where there is no position yet. Default: `offsetReset`. */
  readonly startingOffsets: StartingOffsets;
  /** Most records taken per trigger, over all partitions; none by default. */
  readonly maxOffsetsPerTrigger?: number | undefined;
  /** Least number of slices that a task parses in parallel; none by default. */
  readonly minPartitions?: number | undefined;
  /** Default 30,000. */
  readonly sessionTimeoutMs: number;
  /** Default 60,000. */
  readonly requestTimeoutMs: number;
  readonly groupId: string;
  /** Where a partition without a position starts that `startingOffsets` does not name. Default `earliest`. */
  readonly offsetReset: 'earliest' | 'latest';
}

/** What a worker reads when nothing else is said. */
export interface SourceDefaults {
  readonly subscribe: readonly string[];
  readonly groupId: string;
}

/** The source options as variables, for `parseEnv`; check them with `selectsOneSource`, read them with `sourceOptions`. */
export function sourceEnv(defaults: SourceDefaults) {
  return {
    SOURCE_SUBSCRIBE: textAs(parseTopicList, 'topic names, comma-separated, each once, none internal').optional(),
    SOURCE_SUBSCRIBE_PATTERN: textAs((text) => topicPattern(text) && text, PATTERN_RULE).optional(),
    SOURCE_ASSIGN: textAs(parseAssign, ASSIGN_RULE).optional(),
    SOURCE_STARTING_OFFSETS: textAs(parseStartingOffsets, STARTING_OFFSETS_RULE).optional(),
    SOURCE_MAX_OFFSETS_PER_TRIGGER: wholeNumberText(1).optional(),
    SOURCE_MIN_PARTITIONS: wholeNumberText(1, 1_024).optional(),
    SOURCE_SESSION_TIMEOUT: durationText(6_000).default(30_000),
    SOURCE_REQUEST_TIMEOUT: durationText(1_000).default(60_000),
    SOURCE_GROUP_ID: textAs(parseGroupId, 'a group id of 1 to 249 characters').default(defaults.groupId),
    SOURCE_OFFSET_RESET: textAs(parseOffsetReset, '"earliest" or "latest"').default('earliest'),
  };
}

type SourceEnv = Readonly<ReturnType<typeof parseEnv<ReturnType<typeof sourceEnv>>>>;

const SELECTIONS = ['SOURCE_SUBSCRIBE', 'SOURCE_SUBSCRIBE_PATTERN', 'SOURCE_ASSIGN'];

/** At most one way to select topics may be set; with none, the worker's default topics are subscribed. */
export const selectsOneSource: EnvCheck = (env) => {
  const used = SELECTIONS.filter((name) => env[name] !== undefined);
  return used.length > 1 ? [`${used.join(' and ')} exclude each other: set one of them`] : [];
};

/** The options that the variables say. */
export function sourceOptions(env: SourceEnv, defaults: SourceDefaults): SourceOptions {
  const selected = SELECTIONS.some((name) => env[name as keyof SourceEnv] !== undefined);
  return Object.freeze({
    subscribe: selected ? env.SOURCE_SUBSCRIBE : defaults.subscribe,
    subscribePattern: env.SOURCE_SUBSCRIBE_PATTERN,
    assign: env.SOURCE_ASSIGN,
    startingOffsets: env.SOURCE_STARTING_OFFSETS ?? env.SOURCE_OFFSET_RESET,
    maxOffsetsPerTrigger: env.SOURCE_MAX_OFFSETS_PER_TRIGGER,
    minPartitions: env.SOURCE_MIN_PARTITIONS,
    sessionTimeoutMs: env.SOURCE_SESSION_TIMEOUT,
    requestTimeoutMs: env.SOURCE_REQUEST_TIMEOUT,
    groupId: env.SOURCE_GROUP_ID,
    offsetReset: env.SOURCE_OFFSET_RESET,
  });
}

function parseTopicList(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  const usable = names.every((name) => isTopicName(name) && !isInternalTopic(name));
  return usable && new Set(names).size === names.length ? names : undefined;
}

function parseGroupId(text: string): string | undefined {
  return text.trim().length <= 249 ? text.trim() : undefined;
}

function parseOffsetReset(text: string): 'earliest' | 'latest' | undefined {
  const word = text.trim().toLowerCase();
  return word === 'earliest' || word === 'latest' ? word : undefined;
}
