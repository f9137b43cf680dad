import { allDone, applyFrontiers, smallestFrontier, type AppliedFrontiers } from '../frontiers/upstream.ts';
import { type HeardWord, sourceTaskId, type SourceWord, wordOf } from '../frontiers/frontier-entry.ts';
import type { Position } from '../task/position.ts';
import type { TaskContext, TaskInput } from '../task/stage-logic.ts';

/** What a turn makes of event time: the task's own frontier and what it knows of others'. */
export interface EventTimeTurn extends SourceWord {
  readonly inputFrontiersMs: Position['inputFrontiersMs'];
  readonly upstream: AppliedFrontiers;
  readonly consumed: ReadonlyMap<string, number>;
  /** Smallest frontier over all source tasks, our own included; what watermarks come from. */
  readonly sourcesMs: number;
  /** Whether none of them is at work: then it is the largest. */
  readonly allIdle: boolean;
  /** Whether a drain is over for all tasks of this stage: each has read what there was for it, and has said so. */
  readonly allThrough: boolean;
}

/**
 * Moves event time by one turn. A source task's frontier is the smallest of its inputs' frontiers, each the largest
 * event time seen there: an input that is behind must not find its time over. A task behind an upstream stage only
 * passes on what that stage's tasks say, since its own partition mixes all of them; where it has inputs of both kinds
 * who reads what it writes must wait for the slower of the two.
 * @param seenMs the largest event time of this turn's records, by input topic
 */
export function advanceEventTime(
  context: TaskContext,
  position: Position,
  input: TaskInput,
  inputs: Readonly<Record<string, number>>,
  seenMs: ReadonlyMap<string, number>,
): EventTimeTurn {
  const { sourceTasks, pendingFrontiers, nowMs } = input;
  const { applied, consumed } = applyFrontiers(position.upstream, pendingFrontiers, context.partition, inputs);
  const areDone = (tasks: readonly string[] | undefined) => allDone(tasks, applied, pendingFrontiers, consumed);
  const inputFrontiersMs = raiseFrontiers(position.inputFrontiersMs, seenMs);
  const ofInputs = inputFrontier(context, inputs, inputFrontiersMs, input.idleInputs);
  const done = input.isDraining && input.reachedTargets && areDone(sourceTasks?.upstream);
  const word = nextWord(context, position, input, {
    reached: withUpstream(ofInputs, context, sourceTasks?.upstream, applied, nowMs),
    hasData: Object.keys(inputFrontiersMs).length > 0,
    done,
  });
  const self = sourceTaskId(context.application, context.stage, context.partition);
  // A sibling that was done before counts: it may have had its last turn, and never speak again in this drain.
  const allThrough = done && areDone(sourceTasks?.siblings.filter((task) => task !== self));
  const known = context.isSourceTask ? { ...applied, [self]: ownVoice(word, position, allThrough) } : applied;
  const { frontierMs: sourcesMs, allIdle } = smallestFrontier(allSourceTasks(input), known, nowMs);
  const frontierMs = context.isSourceTask ? word.frontierMs : risenTo(position.frontierMs, sourcesMs);
  return { ...word, frontierMs, inputFrontiersMs, upstream: applied, consumed, sourcesMs, allIdle, allThrough };
}

/** What a turn has come to, as far as the task's own word goes. */
interface Reached {
  readonly reached: Frontier;
  /** Whether any event time was seen so far. */
  readonly hasData: boolean;
  readonly done: boolean;
}

/** What the task says of event time after the turn. */
function nextWord(
  context: TaskContext,
  position: Position,
  input: TaskInput,
  { reached, hasData, done }: Reached,
): SourceWord {
  const idleUntilMs = reached.allIdle ? nextLease(context, position, input) : null;
  const isRestarted = input.isFirst && (position.done || hasDoneSibling(context, position));
  return {
    frontierMs: risenTo(position.frontierMs, reached.frontierMs),
    idleUntilMs,
    sinceMs: nextSince(position, { idleUntilMs, done }, isRestarted, hasData, input.nowMs),
    restartedAt: isRestarted ? input.startedAt : position.restartedAt,
    done,
  };
}

/**
 * The task's own word as it counts for itself. In the turn that says `done` it is at work for as long as it was: what others have
 * said before still counts. In the last turn of all it is done, as they are.
 */
function ownVoice(word: SourceWord, position: Position, allThrough: boolean): HeardWord {
  if (allThrough) return { ...word, place: LATEST };
  return { ...word, sinceMs: word.done ? position.sinceMs : word.sinceMs, done: false, place: null };
}

/** Behind all that was said before: what is said with this turn. */
const LATEST = { partition: 0, offset: Infinity };

/** What a turn of event time changes in the position. */
export function eventTimeFields(turn: EventTimeTurn): SourceWord & Pick<Position, 'inputFrontiersMs' | 'upstream'> {
  const { inputFrontiersMs, upstream } = turn;
  return { ...wordOf(turn), inputFrontiersMs, upstream };
}

function raiseFrontiers(
  before: Position['inputFrontiersMs'],
  seenMs: ReadonlyMap<string, number>,
): Position['inputFrontiersMs'] {
  const risen = [...seenMs].filter(([topic, timeMs]) => timeMs > (before[topic] ?? -Infinity));
  return risen.length === 0 ? before : { ...before, ...Object.fromEntries(risen) };
}

type Frontier = ReturnType<typeof smallestFrontier>;

/**
 * The smallest frontier over the inputs that are not idle; one that gave no record yet counts as minus infinity. All
 * idle: the largest counts. Inputs that upstream stages write are left out, their tasks speak for them.
 */
function inputFrontier(
  { upstreamInputs }: TaskContext,
  inputs: Readonly<Record<string, number>>,
  frontiersMs: Position['inputFrontiersMs'],
  idleInputs: ReadonlySet<string>,
): Frontier {
  let [smallest, largest, allIdle] = [Infinity, -Infinity, true];
  for (const topic of Object.keys(inputs)) {
    if (upstreamInputs.has(topic)) continue;
    const frontierMs = frontiersMs[topic] ?? -Infinity;
    largest = Math.max(largest, frontierMs);
    if (idleInputs.has(topic)) continue;
    allIdle = false;
    smallest = Math.min(smallest, frontierMs);
  }
  return { frontierMs: allIdle ? largest : smallest, allIdle };
}

/** Of a source task that reads what upstream stages write as well, both count, as those of several tasks would. */
function withUpstream(
  own: Frontier,
  { isSourceTask, upstreamInputs }: TaskContext,
  upstreamTasks: readonly string[] | undefined,
  applied: AppliedFrontiers,
  nowMs: number,
): Frontier {
  if (!isSourceTask || upstreamInputs.size === 0) return own;
  const upstream = smallestFrontier(upstreamTasks, applied, nowMs);
  const counting = [own, upstream].filter(({ allIdle }) => !allIdle).map(({ frontierMs }) => frontierMs);
  if (counting.length > 0) return { frontierMs: Math.min(...counting), allIdle: false };
  return { frontierMs: Math.max(own.frontierMs, upstream.frontierMs), allIdle: true };
}

function allSourceTasks({ sourceTasks }: TaskInput): readonly string[] | undefined {
  return sourceTasks === undefined ? undefined : [...sourceTasks.siblings, ...sourceTasks.upstream];
}

/** Idle is a lease: taken after standing at the end for the time-out, renewed at half of it, dropped with new data. */
function nextLease(context: TaskContext, position: Position, input: TaskInput): number | null {
  if (!context.isSourceTask) return null;
  const { idleUntilMs } = position;
  const renewFromMs = (idleUntilMs ?? -Infinity) - context.idleTimeoutMs;
  return input.nowMs >= renewFromMs ? input.nowMs + 2 * context.idleTimeoutMs : idleUntilMs;
}

/**
 * A lease counts from when it was taken or renewed, `done` from when it was said, activity from the end of either or
 * from its first data.
 */
function nextSince(
  position: Position,
  now: Pick<Position, 'idleUntilMs' | 'done'>,
  isRestarted: boolean,
  hasData: boolean,
  nowMs: number,
): number | null {
  if (now.idleUntilMs !== position.idleUntilMs || now.done !== position.done || isRestarted) return nowMs;
  return position.sinceMs ?? (hasData ? nowMs : null);
}

/** A frontier never goes back; null while there is none. */
function risenTo(beforeMs: number | null, timeMs: number): number | null {
  const risenMs = Math.max(beforeMs ?? -Infinity, timeMs);
  return Number.isFinite(risenMs) ? risenMs : null;
}

/**
 * Whether the last run of this stage was a drain, by what one of its tasks had said then. Who was not through with it must not
 * let others count as done either: they have begun again as well, or will.
 */
function hasDoneSibling({ isSourceTask, application, stage }: TaskContext, { upstream }: Position): boolean {
  const isSibling = (task: string) => task.startsWith(`${application}/${stage}/`);
  return isSourceTask && Object.entries(upstream).some(([task, { done }]) => done && isSibling(task));
}

/** Whether others must be told: our frontier or our idleness changed, we are at our end, or we were started again. */
export function announces(position: Position, turn: EventTimeTurn): boolean {
  const { frontierMs, idleUntilMs, done, restartedAt } = turn;
  const hasMoved = frontierMs !== position.frontierMs || idleUntilMs !== position.idleUntilMs;
  return hasMoved || done !== position.done || restartedAt !== position.restartedAt;
}
