import { MemoryLog } from '@tidemark/stream';
import { describeAdminContract, describeLogContract } from '../src/index.ts';
import type { LogHarness } from '../src/index.ts';

async function createHarness(): Promise<LogHarness> {
  const log = new MemoryLog();
  return {
    producers: log.producers,
    admin: log.admin,
    operations: log.operations(),
    reader: () => log.reader(),
    appendExternally: async (topic, partition, records) => log.append(topic, partition, records),
    truncate: async (topic, partition, offset) => log.truncate(topic, partition, offset),
    async recreate(topic, partitions) {
      log.deleteTopic(topic);
      await log.admin.createTopics([{ topic, partitions, config: {} }]);
    },
    deadlineMs: 2_000,
    close: () => log.admin.close(),
  };
}

describeLogContract('MemoryLog', createHarness);
describeAdminContract('MemoryLog', createHarness);
