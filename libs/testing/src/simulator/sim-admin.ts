import { TidemarkError } from '@tidemark/schemas';
import type { TopicAdmin } from '@tidemark/stream';
import { type Broker, callBroker } from './broker.ts';
import type { SimProcess } from './sim-process.ts';

/** Metadata and topic creation of one process: what it is told is as of when its request arrived. */
export function createSimAdmin(broker: Broker, process: SimProcess): TopicAdmin {
  const { admin } = broker.log;
  const failure = (why: string) => new TidemarkError('TM_KAFKA_UNREACHABLE', why);
  const call = <T>(name: string, effect: () => Promise<T>) => callBroker(broker, process, name, effect, failure);
  return {
    listTopics: () => call('listTopics', () => admin.listTopics()),
    partitionCounts: (topics) => call('partitionCounts', () => admin.partitionCounts(topics)),
    topicIds: (topics) => call('topicIds', () => admin.topicIds(topics)),
    createTopics: (specs) => call('createTopics', () => admin.createTopics(specs)),
    topicConfig: (topic) => call(`topicConfig ${topic}`, () => admin.topicConfig(topic)),
    logEnds: (topic) => call(`logEnds ${topic}`, () => admin.logEnds(topic)),
    close: async () => {},
  };
}
