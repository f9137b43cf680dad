import { CRASH_POINTS, type CrashPoint } from '@tidemark/runtime';

/**
 * What happens at a crash point. Before the call leaves: the process is killed or stopped, or the call fails (`throw`).
 * After it took effect and before anybody knows: killed or stopped, or it fails (`lost-reply`). `pass` only waits for
 * the point, so that the order after it counts from there.
 */
export const CRASH_KINDS = ['kill', 'stop', 'throw', 'kill-after', 'stop-after', 'lost-reply', 'pass'] as const;
export type CrashKind = (typeof CRASH_KINDS)[number];

export interface CrashOrder {
  readonly point: CrashPoint;
  /** Tasks of this stage only; of any when undefined. */
  readonly stage: string | undefined;
  /** Which time that the point is reached, from when the order counts; 1 = the first. */
  readonly occurrence: number;
  readonly kind: CrashKind;
}

export const CRASH_ORDERS_RULE =
  '"point[@stage][#occurrence]:kind", comma-separated, such as commit.2.commit@merge#3:kill; points are in ' +
  `libs/runtime/src/crash-points.ts, kinds are ${CRASH_KINDS.join(', ')}`;

/** Reads a list of orders, to be obeyed one after another; undefined when it is none. */
export function parseCrashOrders(text: string): readonly CrashOrder[] | undefined {
  const orders = text.split(',').map((part) => parseOrder(part.trim()));
  return orders.every((order) => order !== undefined) ? orders : undefined;
}

export function crashOrderText({ point, stage, occurrence, kind }: CrashOrder): string {
  return `${point}${stage === undefined ? '' : `@${stage}`}${occurrence === 1 ? '' : `#${occurrence}`}:${kind}`;
}

function parseOrder(text: string): CrashOrder | undefined {
  const [, pointText, stage, occurrence = '1', kindText] =
    /^([\w.-]+?)(?:@([\w-]+))?(?:#([1-9]\d{0,8}))?:([\w-]+)$/.exec(text) ?? [];
  const point = CRASH_POINTS.find((known) => known === pointText);
  const kind = CRASH_KINDS.find((known) => known === kindText);
  return point && kind && { point, stage, occurrence: Number(occurrence), kind };
}
