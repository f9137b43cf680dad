import { changelogTopic } from '@tidemark/schemas';
import { defineTopology, mapStage, parseStep, type Topology } from '@tidemark/stream';
import { TopologyDriver } from '../src/driver/topology-driver.ts';

function copies(pattern: string): Topology {
  return defineTopology({
    worker: 'copier',
    stages: [
      mapStage<string>({
        name: 'copy',
        source: { kind: 'topics', subscribePattern: pattern, startingOffsets: 'earliest' },
        step: parseStep('readText', (value) => ({ ok: true, value: value!.toString() })),
        sinks: [{ topic: 'user-events', key: (text) => text, encode: (text) => text }],
      }),
    ],
  });
}

function texts(driver: TopologyDriver): string[] {
  return driver
    .readOutput('user-events')
    .map(({ value }) => value!.toString())
    .sort();
}

describe('a stage that follows a pattern', () => {
  let driver: TopologyDriver;

  beforeAll(async () => {
    driver = await TopologyDriver.start({ topologies: [copies('^sales-.*$')] });
  });

  afterAll(() => driver.stop());

  test('reads what matches, but never what it writes or what is internal', async () => {
    await driver.pipeInput('sales-events', [{ value: 'a' }], 2);
    await driver.pipeInput('system-events', [{ value: 'not a match' }]);
    expect(texts(driver)).toEqual(['a']);
  });

  test('picks up a new topic, from its earliest record, and goes on with the others', async () => {
    await driver.log.admin.createTopics([{ topic: 'sales-abroad', partitions: 2, config: {} }]);
    await driver.pipeInput('sales-abroad', [{ value: 'b' }, { value: 'c' }], 1);
    expect(texts(driver)).toEqual([]);
    await driver.advanceTime(31_000);
    await driver.pipeInput('sales-events', [{ value: 'd' }], 1);
    expect(texts(driver)).toEqual(['b', 'c', 'd']);
    const { inputs } = driver.position('copier/copy/1');
    expect(inputs).toMatchObject({ 'sales-abroad': 2, 'sales-events': 1 });
  });

  test('keeps the new topic over a restart', async () => {
    await driver.restart();
    await driver.pipeInput('sales-abroad', [{ value: 'e' }], 0);
    expect(texts(driver)).toEqual(['e']);
  });

  test('refuses a topic with more partitions than there are tasks, and reads on', async () => {
    const tasks = (await driver.log.admin.partitionCounts([changelogTopic('copier', 'copy')])).values().next().value!;
    await driver.log.admin.createTopics([{ topic: 'sales-wide', partitions: tasks + 1, config: {} }]);
    await driver.pipeInput('sales-wide', [{ value: 'x' }], 0);
    await driver.advanceTime(31_000);
    await driver.pipeInput('sales-events', [{ value: 'f' }], 0);
    expect(texts(driver)).toEqual(['f']);
  });
});
