import { readDocsRows } from '../../test/read-docs.ts';
import { allTopics, catalogueSpecs, findTopic, topics } from './catalogue.ts';
import { changelogSpec, isInternalTopic, partialsSpec, repartitionSpec } from './stage-topics.ts';
import type { TopicDefinition } from './topic-definition.ts';
import { isTopicName } from './topic-definition.ts';

/** A row of the manual's table. */
function docsRow({ topic, partitions, owner, key, rowIdentity, value, config }: TopicDefinition): string[] {
  const settings = Object.entries(config).map(([name, setting]) => `${name}=${setting}`);
  return [topic, String(partitions), owner, key, rowIdentity.join(', '), value, settings.join(' ')];
}

describe('the topic catalogue', () => {
  test('is what docs/topics.md says', () => {
    const documented = readDocsRows('topics.md').filter((row) => !row[0]?.includes('<'));
    expect(documented).toEqual(allTopics().map((each) => docsRow(each).map((cell) => cell.replaceAll('`', ''))));
  });

  test('has each topic once, with a name that Kafka accepts', () => {
    const names = allTopics().map(({ topic }) => topic);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !isTopicName(name))).toEqual([]);
  });

  test('keeps internal names and visibility in step', () => {
    for (const { topic, visibility } of allTopics()) expect(isInternalTopic(topic)).toBe(visibility === 'internal');
  });

  test('compacts by key only where the key is the whole row identity', () => {
    const compacted = allTopics().filter(({ config }) => config['cleanup.policy'] === 'compact');
    const rows = compacted.filter(({ visibility }) => visibility === 'public');
    expect(rows.map(({ topic, key, rowIdentity }) => [topic, key, rowIdentity])).toEqual([
      ['sales-summary', 'region', ['region']],
    ]);
  });

  test('has the partition counts of the design', () => {
    const counts = Object.fromEntries(allTopics().map(({ topic, partitions }) => [topic, partitions]));
    expect(counts).toMatchObject({ 'sales-events': 3, 'processed-events': 6, 'user-interests': 6, 'window-sales': 3 });
  });

  test('gives specs that are nothing but specs', () => {
    expect(catalogueSpecs()).toHaveLength(allTopics().length);
    for (const spec of catalogueSpecs()) expect(Object.keys(spec)).toEqual(['topic', 'partitions', 'config']);
  });

  test('finds a topic by its name', () => {
    expect(findTopic('processed-events')).toBe(topics.processedEvents);
    expect(findTopic('nowhere')).toBeUndefined();
  });
});

describe('topics of a stage', () => {
  test('changelogs are compacted, one partition per task', () => {
    expect(changelogSpec('parser', 'parse', 3)).toEqual({
      topic: 'tidemark.parser.parse.changelog',
      partitions: 3,
      config: {
        'cleanup.policy': 'compact',
        'segment.bytes': '67108864',
        'delete.retention.ms': '86400000',
        'min.cleanable.dirty.ratio': '0.1',
      },
    });
  });

  test('partials are never compacted', () => {
    expect(partialsSpec('region-aggregator', 'combine')).toEqual({
      topic: 'tidemark.region-aggregator.combine.partials',
      partitions: 6,
      config: { 'cleanup.policy': 'delete', 'retention.ms': '604800000' },
    });
  });

  test('repartition topics take records as large as their source does, and are never compacted', () => {
    expect(repartitionSpec('parser', 'spread', 8)).toEqual({
      topic: 'tidemark.parser.spread-repartition',
      partitions: 8,
      config: { 'cleanup.policy': 'delete', 'retention.ms': '604800000', 'max.message.bytes': '2097152' },
    });
  });

  test('a name that Kafka would refuse is refused', () => {
    expect(() => changelogSpec('my app', 'parse', 1)).toThrow('TM_CONFIG_INVALID');
    expect(() => partialsSpec('a'.repeat(240), 'combine')).toThrow('TM_CONFIG_INVALID');
  });
});
