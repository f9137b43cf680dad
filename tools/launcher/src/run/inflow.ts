import { topics } from '@tidemark/schemas';
import type { TopicAdmin } from '@tidemark/stream';
import { createRate, type Rate } from '../tables/rate.ts';

/** Records that came into a topic since the first look. */
export interface Inflow {
  readonly topic: string;
  /** What a record is. */
  readonly noun: string;
  readonly rate: Rate;
  readonly count: number;
  /** Looks again. A broker that does not answer leaves the figures as they are: the workers tell of it. */
  look(admin: Pick<TopicAdmin, 'logEnds'>, nowMs: number): Promise<void>;
}

export function createInflows(): Inflow[] {
  return [createInflow(topics.salesEvents.topic, 'sale'), createInflow(topics.userBehavior.topic, 'behavior event')];
}

function createInflow(topic: string, noun: string): Inflow {
  const rate = createRate();
  let [first, total] = [undefined as number | undefined, 0];
  return {
    topic,
    noun,
    rate,
    get count() {
      return total - (first ?? total);
    },
    async look(admin, nowMs) {
      const ends = await admin.logEnds(topic).catch(() => undefined);
      if (!ends) return;
      total = ends.reduce((sum, { highWatermark }) => sum + highWatermark, 0);
      first ??= total;
      rate.note(total, nowMs);
    },
  };
}
