import type { CrashKind } from '@tidemark/host';
import { CRASH_POINTS, type CrashPoint } from '@tidemark/runtime';
import type { Shape } from './shapes.ts';

/** The faults: two that end or stop the process, two that it lives through; the first two also after the call took effect. */
export const FAULTS = [
  'kill',
  'kill-after',
  'stop',
  'stop-after',
  'throw',
  'lost-reply',
] as const satisfies CrashKind[];
export type Fault = (typeof FAULTS)[number];

/** One field of the table. */
export interface CrashCase {
  readonly shape: Shape;
  readonly point: CrashPoint;
  readonly fault: Fault;
}

/** Only the first take-over of a task gets there: each case needs a task that has never been owned. */
const FIRST_TAKE_OVER: readonly CrashPoint[] = ['take-over.4.begin', 'take-over.4.send-position', 'take-over.4.commit'];

/** After these calls nothing but the next turn follows. After any other comes the moment before the next call. */
const LAST_CALLS: readonly CrashPoint[] = [
  'take-over.4.commit',
  'commit.2.commit',
  'commit.4.apply-delta',
  'commit.4.replace',
];

/** No stage of the three shapes looks anything up. */
const OF_OTHER_STAGES: readonly CrashPoint[] = ['commit.1.look-up'];

export function isTried(point: CrashPoint, fault: Fault): boolean {
  if (OF_OTHER_STAGES.includes(point)) return false;
  return !fault.endsWith('-after') || LAST_CALLS.includes(point);
}

export function isOfFirstTakeOver(point: CrashPoint): boolean {
  return FIRST_TAKE_OVER.includes(point);
}

/** All cases of a shape and some faults, in the order of the points. */
export function casesOf(shape: Shape, faults: readonly Fault[], points: readonly CrashPoint[]): CrashCase[] {
  return CRASH_POINTS.filter((point) => points.includes(point)).flatMap((point) =>
    faults.filter((fault) => isTried(point, fault)).map((fault) => ({ shape, point, fault })),
  );
}

/** A commit that shows that the task goes on, before the next fault comes. */
export function progressOrder({ stage }: Shape): string {
  return `commit.2.commit@${stage}#3:pass`;
}

/** The orders that lead a running worker to the point, and the case's own at the end. */
export function ordersOf({ shape, point, fault }: CrashCase): string[] {
  // The store is the process's: whichever task writes first has it verified for all stages.
  const stage = point === 'commit.4.verify-store' ? '' : `@${shape.stage}`;
  const at = (name: CrashPoint, kind: CrashKind) => `${name}${stage}:${kind}`;
  return [...detourTo(point).map((name) => at(name, 'throw')), at(point, fault)];
}

/** Failures on the way: a task that is owned is taken over again only after one. */
function detourTo(point: CrashPoint): readonly CrashPoint[] {
  if (isOfFirstTakeOver(point)) return [];
  if (point === 'take-over.failed.close-producer') return ['commit.2.begin', 'take-over.2.changelog-ends'];
  // Who has found no checkpoint writes one in full.
  if (point === 'commit.4.replace') return ['commit.2.begin', 'take-over.2.load-checkpoint'];
  return point.startsWith('take-over.') ? ['commit.2.begin'] : [];
}

/** Passed once, by the start of a process or of a task: there is no waiting for progress before it. */
export function isOfStart(point: CrashPoint): boolean {
  return point === 'commit.4.verify-store' || isOfFirstTakeOver(point);
}
