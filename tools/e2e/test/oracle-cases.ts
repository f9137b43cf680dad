import { isFullRun } from '../src/full-run.ts';

/** One way to feed and to run the pipeline. */
export interface Case {
  readonly partitions: number;
  /** Partitions that get records; the others stay empty. */
  readonly used: readonly number[];
  readonly timing: 'live' | 'backlog' | 'partition after partition';
  readonly instances: number;
}

const TIMINGS = ['live', 'backlog', 'partition after partition'] as const;

/** Two of three and five of eight are in use; every instance of a worker has one that is. */
const USED: Readonly<Record<number, readonly number[]>> = { 1: [0], 3: [0, 2], 8: [0, 1, 3, 4, 6] };

function oneCase(partitions: number, timing: Case['timing'], instances: number): Case {
  return { partitions, timing, instances, used: USED[partitions] as readonly number[] };
}

/** Each value with each other one, but for the pair that is no case: a single partition has none after it. */
const PAIRWISE: readonly Case[] = [
  oneCase(1, 'live', 2),
  oneCase(1, 'backlog', 1),
  oneCase(3, 'live', 1),
  oneCase(3, 'backlog', 2),
  oneCase(3, 'partition after partition', 1),
  oneCase(8, 'live', 2),
  oneCase(8, 'backlog', 1),
  oneCase(8, 'partition after partition', 2),
];

/** Pairwise, or with TIDEMARK_TEST_FULL=1 all of them. */
export function selectCases(): readonly Case[] {
  if (!isFullRun()) return PAIRWISE;
  return [1, 3, 8].flatMap((partitions) =>
    TIMINGS.flatMap((timing) => [1, 2].map((instances) => oneCase(partitions, timing, instances))),
  );
}
