import type { Stage } from '../topology/topology.ts';
import { combineStage, type CombineStageOptions } from './combine-stage.ts';
import { mergeStage } from './merge-stage.ts';

/** Combine, then merge: the two stages of an aggregation, named `combine` and `merge`. */
export function aggregate<T>(options: Omit<CombineStageOptions<T>, 'name'>): readonly Stage[] {
  const lingerMs = Math.min(...options.queries.map(({ everyMs }) => everyMs)) / LINGER_PART;
  return [
    { ...combineStage({ ...options, name: 'combine' }), lingerMs },
    { ...mergeStage({ name: 'merge', combine: 'combine', queries: options.queries }), lingerMs },
  ];
}

/** A row that is emitted every 15 s need not be there within milliseconds; so much of the interval may pass in each stage. */
const LINGER_PART = 60;
