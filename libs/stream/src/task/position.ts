import { TidemarkError } from '@tidemark/schemas';
import { type Ends, type HeardWord, heardWordOf, NOTHING_SAID, type SourceWord } from '../frontiers/frontier-entry.ts';
import type { AppliedFrontiers } from '../frontiers/upstream.ts';
import type { IdleClock } from '../stages/idle-clock.ts';
import type { Tally } from './tally.ts';

/** Version of the stored form of a position. */
export const POSITION_SCHEMA_VERSION = 1;

/** What a combine task has promised: nothing that it writes from now on is for a window that ends at or before it. */
export interface WindowPromise {
  /** Last closed window end by query, epoch ms; a query without an entry has promised nothing. */
  readonly closedEndMs: Readonly<Record<string, number>>;
  readonly done: boolean;
}

/**
 * Where a task stands: written to its changelog with every commit, so that input, output, state and event time move
 * together or not at all. Plain JSON.
 */
export interface Position extends SourceWord {
  /** Identity of this changelog's history; a checkpoint of another incarnation is not ours. */
  readonly incarnation: string;
  /** Number of this commit; rises by one. */
  readonly version: number;
  /** Next input offset by topic, on the task's partition. */
  readonly inputs: Readonly<Record<string, number>>;
  /** The largest event time seen by input topic, epoch ms; a topic that gave none yet has no entry. */
  readonly inputFrontiersMs: Readonly<Record<string, number>>;
  /** Frontiers of upstream source tasks that were applied. */
  readonly upstream: AppliedFrontiers;
  /** Combine: watermark by query, epoch ms; never goes back. */
  readonly watermarkMs: Readonly<Record<string, number>>;
  /** Combine, of queries that close windows by the clock: while all source tasks are idle. */
  readonly idleClock?: IdleClock | undefined;
  /** Merge: the last promise of each combine task, by its partition. */
  readonly promises: Readonly<Record<string, WindowPromise>>;
  /** Ends written per output topic and partition. */
  readonly ends: Ends;
  /** By query: the version that last changed a row. */
  readonly changedVersion: Readonly<Record<string, number>>;
  /** By query: the version up to which changed rows were emitted; below `changedVersion`, some wait. */
  readonly emittedVersion: Readonly<Record<string, number>>;
  /** By query, since the incarnation began. */
  readonly tallies: Readonly<Record<string, Tally>>;
  /** Counters beyond the tallies, by label: errors by code, for one. */
  readonly labels: Readonly<Record<string, number>>;
}

export function initialPosition(incarnation: string, inputs: Readonly<Record<string, number>>): Position {
  return {
    incarnation,
    version: 1,
    inputs,
    ...NOTHING_SAID,
    inputFrontiersMs: {},
    upstream: {},
    watermarkMs: {},
    promises: {},
    ends: {},
    changedVersion: {},
    emittedVersion: {},
    tallies: {},
    labels: {},
  };
}

export function encodePosition(position: Position): string {
  return JSON.stringify({ schema: POSITION_SCHEMA_VERSION, ...position });
}

/** @throws TidemarkError (TM_CHANGELOG_INVALID) for a schema version that this code does not know */
export function decodePosition(text: string): Position {
  const { schema, ...position } = JSON.parse(text) as Position & { schema: number };
  if (schema !== POSITION_SCHEMA_VERSION) {
    throw new TidemarkError(
      'TM_CHANGELOG_INVALID',
      `position schema version ${schema} is not known (this build knows ${POSITION_SCHEMA_VERSION}); update this worker`,
    );
  }
  const { inputFrontiersMs = oneForAll(position), restartedAt = null } = position as Partial<Position> & Position;
  const upstream = Object.entries(position.upstream).map(([task, word]) => [task, heardWordOf({ ...NOT_HEARD, ...word })]); // prettier-ignore
  // In the order in which they were written: a position is the same text again.
  return { ...position, inputFrontiersMs, restartedAt, upstream: Object.fromEntries(upstream) };
}

/** Words were once kept without the places where they stand, and with less in them. */
const NOT_HEARD: HeardWord = { ...NOTHING_SAID, place: null };

/** Positions were once written without frontiers by input: the task's counted for each of them. */
function oneForAll({ inputs, frontierMs }: Position): Position['inputFrontiersMs'] {
  if (frontierMs === null) return {};
  return Object.fromEntries(Object.keys(inputs).map((topic) => [topic, frontierMs]));
}
