import type { SourceTasks } from '@tidemark/stream';
import type { FrontierBoard } from '../frontiers/frontier-board.ts';
import type { RuntimeOptions } from '../options.ts';
import type { RuntimePorts } from '../ports.ts';
import type { TaskPlan } from './task-plan.ts';

/** What all tasks of a process share. */
export interface TaskSurroundings {
  readonly ports: RuntimePorts;
  readonly options: RuntimeOptions;
  readonly frontiers: FrontierBoard;
  /** Where the frontiers topic ended when the process started, next offset of each partition. */
  readonly frontierEnds: readonly number[];
  /** Source tasks of a plan; undefined while an upstream manifest is missing, or not all is read that was said before the process started. */
  readonly sourceTasks: (plan: TaskPlan) => SourceTasks | undefined;
  /** What holds up what this task hears of others until someone mends it outside. */
  readonly trouble: (plan: TaskPlan) => Error | undefined;
  /** How many records this task may take in a turn, given its backlog. */
  readonly share: (plan: TaskPlan, backlog: number) => number;
}
