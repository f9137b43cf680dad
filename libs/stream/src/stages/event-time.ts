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
  const { applied, consumed } = applyFrontiers(position.upstream, input.pendingFrontiers, context.partition, inputs);
  const inputFrontiersMs = raiseFrontiers(position.inputFrontiersMs, seenMs);
  const ofInputs = inputFrontier(context, inputs, inputFrontiersMs, input.idleInputs);
  const { sourceTasks, pendingFrontiers } = input;
  const { frontierMs: ownMs, allIdle: isIdle } = withUpstream(
    ofInputs,
    context,
    sourceTasks?.upstream,
    applied,
    input.nowMs,
  );
  const idleUntilMs = isIdle ? nextLease(context, position, input) : null;
  const hasData = Object.keys(inputFrontiersMs).length > 0;
  const finished = input.reachedTargets && allDone(sourceTasks?.upstream, applied, pendingFrontiers, consumed);
  const done = input.isDraining && finished;
  const isRestarted = input.isFirst && (position.done || hasDoneSibling(context, position));
  const sinceMs = nextSince(position, { idleUntilMs, done }, isRestarted, hasData, input.nowMs);
  const self = sourceTaskId(context.application, context.stage, context.partition);
  const own: HeardWord = {
    frontierMs: finiteOrNull(Math.max(position.frontierMs ?? -Infinity, ownMs)),
    idleUntilMs,
    // In the turn that ends it, it is active for as long as it was: what others have said before still counts.
    sinceMs: done ? position.sinceMs : sinceMs,
    restartedAt: isRestarted ? input.startedAt : position.restartedAt,
    done: false,
    place: null,
  };
  const siblings = sourceTasks?.siblings.filter((task) => task !== self);
  // One that was done before counts: it may have had its last turn, and never speak again in this drain.
  const allThrough = done && allDone(siblings, applied, pendingFrontiers, consumed);
  const asDone = { ...applied, [self]: { ...own, done: true, place: LATEST } };
  const upstream = !context.isSourceTask ? applied : allThrough ? asDone : { ...applied, [self]: own };
  const { frontierMs: sourcesMs, allIdle } = smallestFrontier(allSourceTasks(input), upstream, input.nowMs);
  return {
    frontierMs: context.isSourceTask
      ? own.frontierMs
      : finiteOrNull(Math.max(position.frontierMs ?? -Infinity, sourcesMs)),
    inputFrontiersMs,
    idleUntilMs,
    sinceMs,
    restartedAt: own.restartedAt,
    upstream: applied,
    consumed,
    sourcesMs,
    allIdle,
    allThrough,
    done,
  };
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

function finiteOrNull(timeMs: number): number | null {
  return Number.isFinite(timeMs) ? timeMs : null;
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
