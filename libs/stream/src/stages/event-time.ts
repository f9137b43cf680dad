import { allDone, applyFrontiers, smallestFrontier, type AppliedFrontiers } from '../frontiers/upstream.ts';
import { sourceTaskId } from '../frontiers/frontier-entry.ts';
import type { Position } from '../task/position.ts';
import type { TaskContext, TaskInput } from '../task/stage-logic.ts';

/** What a turn makes of event time: the task's own frontier and what it knows of others'. */
export interface EventTimeTurn {
  readonly frontierMs: number | null;
  readonly idleUntilMs: number | null;
  readonly sinceMs: number | null;
  readonly upstream: AppliedFrontiers;
  readonly consumed: ReadonlyMap<string, number>;
  /** Smallest frontier over all source tasks, our own included; what watermarks come from. */
  readonly sourcesMs: number;
  /** Whether this task will never read anything more. */
  readonly done: boolean;
}

/**
 * Moves event time by one turn. A source task's frontier is the largest event time that it has seen itself; a task
 * behind an upstream stage only passes on what that stage's tasks say, since its own partition mixes all of them.
 */
export function advanceEventTime(
  context: TaskContext,
  position: Position,
  input: TaskInput,
  inputs: Readonly<Record<string, number>>,
  maxEventTimeMs: number,
): EventTimeTurn {
  const { applied, consumed } = applyFrontiers(position.upstream, input.pendingFrontiers, context.partition, inputs);
  const seenMs = Math.max(position.frontierMs ?? -Infinity, maxEventTimeMs);
  const idleUntilMs = nextLease(context, position, input);
  const sinceMs = nextSince(position, idleUntilMs, Number.isFinite(seenMs), input.nowMs);
  const own = { frontierMs: finiteOrNull(seenMs), idleUntilMs, sinceMs, done: false };
  const self = sourceTaskId(context.application, context.stage, context.partition);
  const upstream = context.isSourceTask ? { ...applied, [self]: own } : applied;
  const sourcesMs = smallestFrontier(allSourceTasks(input), upstream, input.nowMs).frontierMs;
  const { sourceTasks, pendingFrontiers } = input;
  const finished = input.reachedTargets && allDone(sourceTasks?.upstream, applied, pendingFrontiers, consumed);
  return {
    frontierMs: context.isSourceTask
      ? own.frontierMs
      : finiteOrNull(Math.max(position.frontierMs ?? -Infinity, sourcesMs)),
    idleUntilMs,
    sinceMs,
    upstream: applied,
    consumed,
    sourcesMs,
    done: input.isDraining && finished,
  };
}

/** What a turn of event time changes in the position. */
export function eventTimeFields({ frontierMs, idleUntilMs, sinceMs, upstream, done }: EventTimeTurn): EventTimeFields {
  return { frontierMs, idleUntilMs, sinceMs, upstream, done };
}

type EventTimeFields = Pick<Position, 'frontierMs' | 'idleUntilMs' | 'sinceMs' | 'upstream' | 'done'>;

function allSourceTasks({ sourceTasks }: TaskInput): readonly string[] | undefined {
  return sourceTasks === undefined ? undefined : [...sourceTasks.siblings, ...sourceTasks.upstream];
}

/** Idle is a lease: taken after standing at the end for the time-out, renewed at half of it, dropped with new data. */
function nextLease(context: TaskContext, position: Position, input: TaskInput): number | null {
  if (!context.isSourceTask || !input.isIdle) return null;
  const { idleUntilMs } = position;
  const renewFromMs = (idleUntilMs ?? -Infinity) - context.idleTimeoutMs;
  return input.nowMs >= renewFromMs ? input.nowMs + 2 * context.idleTimeoutMs : idleUntilMs;
}

/** A lease counts from when it was taken or renewed, activity from its first data or from the end of a lease. */
function nextSince(position: Position, idleUntilMs: number | null, hasData: boolean, nowMs: number): number | null {
  if (idleUntilMs !== position.idleUntilMs) return nowMs;
  return position.sinceMs ?? (hasData ? nowMs : null);
}

function finiteOrNull(timeMs: number): number | null {
  return Number.isFinite(timeMs) ? timeMs : null;
}

/** Whether others must be told: our frontier, our idleness or our end changed. */
export function announces(position: Position, turn: EventTimeTurn): boolean {
  return (
    turn.frontierMs !== position.frontierMs || turn.idleUntilMs !== position.idleUntilMs || turn.done !== position.done
  );
}
