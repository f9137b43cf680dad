import type { Position } from '@tidemark/stream';
import type { TaskPlan } from './task-plan.ts';

/** Watermark by query as this task knows it, epoch ms: combine's own, or the smallest promise that merge has heard. */
export function watermarksOf(plan: TaskPlan, position: Position): Readonly<Record<string, number>> {
  if (plan.combineTasks.length === 0) return position.watermarkMs;
  const smallest: Record<string, number> = {};
  const promises = Object.values(position.promises);
  if (promises.length < plan.combineTasks.length) return smallest;
  for (const query of new Set(promises.flatMap(({ closedEndMs }) => Object.keys(closedEndMs)))) {
    const endMs = Math.min(...promises.map(({ closedEndMs }) => closedEndMs[query] ?? -Infinity));
    if (endMs > -Infinity) smallest[query] = endMs;
  }
  return smallest;
}
