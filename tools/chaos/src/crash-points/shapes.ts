/** A kind of stage, by one worker's stage that is of it. */
export interface Shape {
  readonly name: 'stateless' | 'combine' | 'merge';
  readonly worker: 'parser' | 'window-aggregator';
  readonly stage: string;
}

export const SHAPES: readonly Shape[] = [
  { name: 'stateless', worker: 'parser', stage: 'parse' },
  { name: 'combine', worker: 'window-aggregator', stage: 'combine' },
  { name: 'merge', worker: 'window-aggregator', stage: 'merge' },
];
