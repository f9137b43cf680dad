/** A kind of stage, by a worker's stage that is of it. Each shape has a worker of its own, so that all are tried at once. */
export interface Shape {
  readonly name: 'stateless' | 'combine' | 'merge';
  readonly worker: 'parser' | 'region-aggregator' | 'window-aggregator';
  readonly stage: string;
}

export const SHAPES: readonly Shape[] = [
  { name: 'stateless', worker: 'parser', stage: 'parse' },
  { name: 'combine', worker: 'region-aggregator', stage: 'combine' },
  { name: 'merge', worker: 'window-aggregator', stage: 'merge' },
];
