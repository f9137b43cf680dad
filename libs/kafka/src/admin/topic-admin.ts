import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import { TidemarkError } from '@tidemark/schemas';
import type { TopicAdmin } from '@tidemark/stream';
import { createClient, createCluster, READ_UNCOMMITTED } from '../client/connect.ts';
import type { ClientSettings } from '../client/options.ts';
import { protocolErrorType } from '../client/protocol-error.ts';
import { allPartitionCounts, createMissing } from './create-topics.ts';
import { createLazyConnection } from './lazy-connection.ts';
import { readLogEnds } from './log-ends.ts';
import { readTopicIds } from './topic-ids.ts';

const TOPIC = kafkajs.ConfigResourceTypes.TOPIC;

/** Topics that Kafka itself writes: `__consumer_offsets`, `__transaction_state`, … */
const isInternal = (topic: string): boolean => topic.startsWith('__');

/** What a failed request means. */
export function toAdminError(error: unknown, what: string): TidemarkError {
  if (error instanceof TidemarkError) return error;
  const gone = protocolErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
  const reason = error instanceof Error ? error.message : String(error);
  return new TidemarkError(gone ? 'TM_TOPIC_GONE' : 'TM_KAFKA_UNREACHABLE', `${what}: ${reason}`, { cause: error });
}

async function describeTopic(admin: Admin, topic: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: TOPIC, name: topic }],
  });
  const entries = resources[0]?.configEntries ?? [];
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
}

/** Connects with the first call. Errors: TM_TOPIC_GONE for a topic that does not exist, else TM_KAFKA_UNREACHABLE. */
export function createTopicAdmin(settings: ClientSettings): TopicAdmin {
  const forTopics = createClient(settings);
  const forOffsets = createCluster(settings, READ_UNCOMMITTED);
  const admin = createLazyConnection(forTopics.client.admin(), forTopics.shut);
  const cluster = createLazyConnection(forOffsets.client, forOffsets.shut);

  async function ask<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw toAdminError(error, what);
    }
  }

  return {
    listTopics: () =>
      ask('list of topics', async () => (await (await admin.get()).listTopics()).filter((topic) => !isInternal(topic))),
    partitionCounts: (topics) =>
      ask('partition counts', async () => {
        const counts = await allPartitionCounts(await admin.get());
        return new Map([...counts].filter(([topic]) => topics.includes(topic)));
      }),
    topicIds: (topics) => ask('ids of topics', async () => readTopicIds(await cluster.get(), topics)),
    createTopics: (specs) => ask('creation of topics', async () => createMissing(await admin.get(), specs)),
    topicConfig: (topic) => ask(`settings of ${topic}`, async () => describeTopic(await admin.get(), topic)),
    logEnds: (topic) => ask(`log ends of ${topic}`, async () => readLogEnds(await cluster.get(), topic)),
    async close() {
      await Promise.all([admin.close(), cluster.close()]);
    },
  };
}
