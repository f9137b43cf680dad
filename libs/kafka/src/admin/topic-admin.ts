import kafkajs from 'kafkajs';
import type { Admin, ConfigEntries } from 'kafkajs';
import { TidemarkError } from '@tidemark/schemas';
import type { TopicAdmin } from '@tidemark/stream';
import { createClient, createCluster, READ_UNCOMMITTED } from '../client/connect.ts';
import type { ClientSettings } from '../client/options.ts';
import { protocolErrorType } from '../client/protocol-error.ts';
import { askTogether } from './ask-together.ts';
import { createMissing } from './create-topics.ts';
import { createLazyConnection } from './lazy-connection.ts';
import { readLogEnds } from './log-ends.ts';
import { readPartitionCounts } from './partition-counts.ts';
import { readTopicIds } from './topic-ids.ts';
import { untilLed } from './until-led.ts';

const TOPIC = kafkajs.ConfigResourceTypes.TOPIC;

/** The one name under which the partition counts of all topics are asked for. */
const ALL_TOPICS = '*';

/** Topics that Kafka itself writes: `__consumer_offsets`, `__transaction_state`, … */
const isInternal = (topic: string): boolean => topic.startsWith('__');

/** What a failed request means. */
export function toAdminError(error: unknown, what: string): TidemarkError {
  if (error instanceof TidemarkError) return error;
  const gone = protocolErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
  const reason = error instanceof Error ? error.message : String(error);
  return new TidemarkError(gone ? 'TM_TOPIC_GONE' : 'TM_KAFKA_UNREACHABLE', `${what}: ${reason}`, { cause: error });
}

/** Settings by topic and name. */
async function describeTopics(admin: Admin, topics: readonly string[]): Promise<Map<string, Record<string, string>>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: TOPIC, name })),
  });
  const toConfig = (entries: readonly ConfigEntries[]) =>
    Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, toConfig(configEntries)]));
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

  const ofAll = askTogether(async () => new Map([[ALL_TOPICS, await readPartitionCounts(await cluster.get())]]));
  const configs = askTogether(async (topics) => describeTopics(await admin.get(), topics));
  const ids = askTogether(async (topics) => readTopicIds(await cluster.get(), topics));
  const ends = askTogether(async (topics) => readLogEnds(await cluster.get(), topics));

  async function idsOf(topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all(topics.map(ids));
    return new Map(topics.flatMap((topic, i) => (found[i] === undefined ? [] : [[topic, found[i]]])));
  }

  const counts = async () => (await ofAll(ALL_TOPICS))!;

  return {
    listTopics: () =>
      ask('list of topics', async () => [...(await counts()).keys()].filter((topic) => !isInternal(topic))),
    partitionCounts: (topics) =>
      ask('partition counts', async () => new Map([...(await counts())].filter(([topic]) => topics.includes(topic)))),
    topicIds: (topics) => ask('ids of topics', () => idsOf(topics)),
    createTopics: (specs) => ask('creation of topics', async () => createMissing(await admin.get(), counts, specs)),
    topicConfig: (topic) => ask(`settings of ${topic}`, async () => (await configs(topic)) ?? {}),
    logEnds: (topic) => ask(`log ends of ${topic}`, async () => (await untilLed(() => ends(topic))) ?? []),
    async close() {
      await Promise.all([admin.close(), cluster.close()]);
    },
  };
}
