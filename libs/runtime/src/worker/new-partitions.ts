import { isInternalTopic } from '@tidemark/schemas';
import type { Logger } from '@tidemark/stream';
import type { StagePlan } from '../task/task-plan.ts';

/** Tells, once for each count, of inputs that got more partitions: nobody reads these before the stage has tasks for them. */
export class NewPartitions {
  readonly #logger: Logger;
  readonly #told = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param counts partition counts of the topics as they are now */
  look({ application, stage, inputs }: StagePlan, counts: ReadonlyMap<string, number>): void {
    for (const [topic, known] of inputs) {
      const partitions = counts.get(topic) ?? 0;
      const key = `${stage.name} ${topic} ${partitions}`;
      if (partitions <= known || isInternalTopic(topic) || this.#told.has(key)) continue;
      this.#told.add(key);
      this.#logger.error(
        { application, stage: stage.name, topic, partitions, known },
        `topic ${topic} has ${partitions} partitions by now, and ${known} of them are read. Stop all instances of those who ` +
          `read or write it, then npm run operate -- grow ${topic}`,
      );
    }
  }
}
