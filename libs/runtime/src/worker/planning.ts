import type { Logger, TopicAdmin } from '@tidemark/stream';
import type { KnownStage } from './fit-inputs.ts';

/** Whose tasks' frontiers a topic's readers wait for: `application/stage`, or undefined for topics of outside. */
export type UpstreamOf = (topic: string) => string | undefined;

/** What it takes to plan a worker's stages. */
export interface Planning {
  readonly application: string;
  readonly admin: TopicAdmin;
  readonly upstreamOf: UpstreamOf;
  /** What a stage was started with before; undefined for a new one. */
  readonly knownStage: (stage: string) => KnownStage | undefined;
  readonly logger: Logger;
}
