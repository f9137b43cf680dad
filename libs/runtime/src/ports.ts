import type {
  CheckpointStore,
  Clock,
  Logger,
  LogReader,
  Membership,
  ProducerFactory,
  RuntimeObserver,
  TopicAdmin,
} from '@tidemark/stream';
import { type AtCrashPoint, atCrashPointsOf, type CrashHook } from './crash-points.ts';

/** What it takes to read and write state apart from running it. */
export type LogPorts = Pick<RuntimePorts, 'reader' | 'producers' | 'admin' | 'clock' | 'newIncarnation'>;

/** Everything that the runtime needs of the outside world. */
export interface RuntimePorts {
  readonly reader: LogReader;
  readonly producers: ProducerFactory;
  readonly admin: TopicAdmin;
  readonly membership: Membership;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: RuntimeObserver;
  /** A new unique name for a changelog's history. */
  readonly newIncarnation: () => string;
  /** Stands at every await of take-over and commit cycle; only where a test asks for it. */
  readonly onCrashPoint?: CrashHook | undefined;
}

/** The outside world as one task meets it. */
export interface TaskPorts extends RuntimePorts {
  /** Makes the task's calls in take-over and commit cycle. */
  readonly at: AtCrashPoint;
}

export function taskPorts(taskId: string, ports: RuntimePorts): TaskPorts {
  return { ...ports, at: atCrashPointsOf(taskId, ports.onCrashPoint) };
}
