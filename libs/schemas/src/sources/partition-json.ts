import { z } from 'zod';
import { isTopicName } from '../topics/topic-definition.ts';

/** Partitions by topic, `{"sales-events":[0,1,2]}`. */
export type AssignedPartitions = Readonly<Record<string, readonly number[]>>;

/** Where to start: one word for all, or an offset by topic and partition; there, -2 is earliest and -1 is latest. */
export type StartingOffsets = 'earliest' | 'latest' | Readonly<Record<string, Readonly<Record<string, number>>>>;

export const ASSIGN_RULE = 'JSON of partitions by topic, such as {"sales-events":[0,1,2]}, each partition once';
export const STARTING_OFFSETS_RULE =
  '"earliest", "latest", or JSON of offsets by topic and partition, such as {"sales-events":{"0":100,"1":-2}} ' +
  '(-2: earliest, -1: latest)';

const topic = z.string().refine(isTopicName);
const partition = z.int().min(0).max(2_147_483_647);
const partitionName = z.string().regex(/^(?:0|[1-9]\d{0,9})$/);
const offset = z.int().min(-2);

const distinct = (partitions: readonly number[]) => new Set(partitions).size === partitions.length;
const notEmpty = (fields: object) => Object.keys(fields).length > 0;

const assign = z.record(topic, z.array(partition).min(1).refine(distinct)).refine(notEmpty);
const startingOffsets = z.record(topic, z.record(partitionName, offset).refine(notEmpty)).refine(notEmpty);

/** Reads `assign`; undefined when the text is not what ASSIGN_RULE says. */
export function parseAssign(text: string): AssignedPartitions | undefined {
  return assign.safeParse(jsonOf(text)).data;
}

/** Reads `startingOffsets`; undefined when the text is not what STARTING_OFFSETS_RULE says. */
export function parseStartingOffsets(text: string): StartingOffsets | undefined {
  const word = text.trim().toLowerCase();
  return word === 'earliest' || word === 'latest' ? word : startingOffsets.safeParse(jsonOf(text)).data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
