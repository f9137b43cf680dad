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
}
