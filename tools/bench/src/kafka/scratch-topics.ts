import { Admin } from '@platformatic/kafka';
import { createKafka } from '@tidemark/kafka';
import type { TopicAdmin } from '@tidemark/stream';
import { PARTITIONS } from '../workload/workload.ts';

/** Topics that live for one job: else a run would fill the disk. */
export interface ScratchTopics {
  create(): Promise<string>;
  /** Records and markers that the topic has. */
  size(topic: string): Promise<number>;
  remove(topic: string): Promise<void>;
  close(): Promise<void>;
}

/** The broker deletes files a minute after their topic, unless told otherwise. */
const CONFIG = { 'file.delete.delay.ms': '1000' };

export function createScratchTopics(brokers: string): ScratchTopics {
  // Our port has no deletion, since the product never deletes a topic.
  const deleter = new Admin({ clientId: 'bench-topics', bootstrapBrokers: [brokers] });
  let created = 0;
  return {
    async create() {
      const topic = `bench-${++created}`;
      await withAdmin(brokers, (admin) => admin.createTopics([{ topic, partitions: PARTITIONS, config: CONFIG }]));
      return topic;
    },
    async size(topic) {
      const ends = await withAdmin(brokers, (admin) => admin.logEnds(topic));
      return ends.reduce((sum, { highWatermark }) => sum + highWatermark, 0);
    },
    remove: (topic) => deleter.deleteTopics({ topics: [topic] }),
    close: () => deleter.close(),
  };
}

/** A new one each time: KafkaJS would ask for all topics that it has ever seen, and fail for those that are gone. */
async function withAdmin<T>(brokers: string, use: (admin: TopicAdmin) => Promise<T>): Promise<T> {
  const { admin } = createKafka({ brokers: [brokers], clientId: 'bench-topics' });
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
}
