import type { Stage } from '../topology/topology.ts';
import { combineStage, type CombineStageOptions } from './combine-stage.ts';
import { mergeStage } from './merge-stage.ts';

/** Combine, then merge: the two stages of an aggregation, named `combine` and `merge`. */
export function aggregate<T>(options: Omit<CombineStageOptions<T>, 'name'>): readonly Stage[] {
  return [
    combineStage({ ...options, name: 'combine' }),
    mergeStage({ name: 'merge', combine: 'combine', queries: options.queries }),
  ];
}
