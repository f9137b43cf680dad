import { TidemarkError } from '@tidemark/schemas';

/** Written ends by topic and partition, as plain data: one past the last record that a task has written there. */
export type Ends = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What a task says of event time. */
export interface SourceWord {
  /** The largest event time seen, of several inputs the smallest of theirs, epoch ms; null while nothing was seen. Never goes back. */
  readonly frontierMs: number | null;
  /** Until when (epoch ms) the task is idle: it stood at the end of its input and promises to speak again before. */
  readonly idleUntilMs: number | null;
  /** When the idle lease was taken or last renewed, `done` said, or since when the task is neither, epoch ms; null before. */
  readonly sinceMs: number | null;
  /**
   * Where the frontiers topic ended, next offsets by partition, when the process started that has last started the task
   * again after it was done; null before. What stands before that was said before.
   */
  readonly restartedAt: readonly number[] | null;
  /** Nothing more will come from this task in this run (it was told to drain and has). */
  readonly done: boolean;
}

/** The word of a task that has seen nothing yet. */
export const NOTHING_SAID: SourceWord = Object.freeze({
  frontierMs: null,
  idleUntilMs: null,
  sinceMs: null,
  restartedAt: null,
  done: false,
});

/** A task's word, out of what holds more than that. */
export function wordOf({ frontierMs, idleUntilMs, sinceMs, restartedAt, done }: SourceWord): SourceWord {
  return { frontierMs, idleUntilMs, sinceMs, restartedAt, done };
}

/** A record's place in the frontiers topic. */
export interface FrontierPlace {
  readonly partition: number;
  readonly offset: number;
}

/** A task's word as others know it. */
export interface HeardWord extends SourceWord {
  /** Null while it is not in the topic yet, or when an older build has heard it. */
  readonly place: FrontierPlace | null;
}

/** A task's word as others know it, out of what holds more than that. */
export function heardWordOf(word: HeardWord): HeardWord {
  return { ...wordOf(word), place: word.place };
}

/**
 * A source task's word, written last in its transaction. A reader may use it only once its own position has reached `ends` on
 * its partition: the frontier cannot overtake the data that it speaks of.
 */
export interface FrontierEntry extends HeardWord {
  /** `application/stage/partition`. */
  readonly sourceTask: string;
  readonly ends: Ends;
}

export function sourceTaskId(application: string, stage: string, partition: number): string {
  return `${application}/${stage}/${partition}`;
}

export function encodeFrontierEntry(entry: SourceWord & Pick<FrontierEntry, 'ends'>): string {
  return JSON.stringify({ ...wordOf(entry), ends: entry.ends });
}

/** @throws TidemarkError (TM_CHANGELOG_INVALID) */
export function decodeFrontierEntry(sourceTask: string, value: string, place: FrontierPlace): FrontierEntry {
  const parsed = JSON.parse(value) as Omit<FrontierEntry, 'sourceTask' | 'place'>;
  if (typeof parsed.done !== 'boolean' || typeof parsed.ends !== 'object') {
    throw new TidemarkError('TM_CHANGELOG_INVALID', `frontier entry of ${sourceTask}: ${value.slice(0, 200)}`);
  }
  // Older builds have said less, or more.
  const { ends, ...said } = parsed;
  return { sourceTask, place, ...wordOf({ ...NOTHING_SAID, ...said }), ends };
}
