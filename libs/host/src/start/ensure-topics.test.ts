import { MemoryLog } from '@tidemark/stream';
import { ensureTopics, topicDifferences } from './ensure-topics.ts';

const spec = { topic: 'a', partitions: 3, config: { 'cleanup.policy': 'delete', 'retention.ms': '1000' } };

test('1. what differs is told in words', () => {
  expect(topicDifferences(spec, 3, { ...spec.config, 'segment.bytes': '1' })).toEqual([]);
  expect(topicDifferences(spec, 6, { 'cleanup.policy': 'compact' })).toEqual([
    '6 partitions, not 3',
    'cleanup.policy=compact, not delete',
    'retention.ms=unset, not 1000',
  ]);
});

test('2. missing topics are created; existing ones stay, and only those in use are spoken of', async () => {
  const { admin } = new MemoryLog();
  const other = { topic: 'b', partitions: 1, config: {} };
  await admin.createTopics([
    { ...spec, partitions: 6 },
    { ...other, partitions: 2 },
  ]);
  const lines: object[] = [];
  const logger = { debug() {}, error() {}, info: tell, warn: tell };
  function tell(fields: object): void {
    lines.push(fields);
  }
  await ensureTopics(admin, [spec, other, { ...spec, topic: 'c' }], new Set(['a']), logger);
  expect(await admin.partitionCounts(['a', 'b', 'c'])).toEqual(
    new Map([
      ['a', 6],
      ['b', 2],
      ['c', 3],
    ]),
  );
  expect(lines).toEqual([{ topics: ['c'] }, { topic: 'a', differences: ['6 partitions, not 3'] }]);
});
