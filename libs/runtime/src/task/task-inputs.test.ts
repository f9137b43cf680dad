import { mapStage, ok, type LogReader, type PartitionEnds, type RecordBatch } from '@tidemark/stream';
import { TaskInputs } from './task-inputs.ts';
import { inputTopics, type StagePlan, taskPlan } from './task-plan.ts';

const stage = mapStage({
  name: 'stage',
  source: { kind: 'topics', subscribe: ['a', 'b'], startingOffsets: 'earliest' },
  step: () => ok(1),
  sinks: [],
});

function planOf(inputs: Readonly<Record<string, number>>, assigned?: StagePlan['assigned']): StagePlan {
  const topics = new Map(Object.entries(inputs));
  return {
    ...{ application: 'app', stage, changelogTopic: 'changelog', tasks: 2, inputs: topics, upstreamStages: [] },
    ...{ externalInputs: new Set(topics.keys()), outputs: new Map(), combineTasks: [], taskPartitions: [0], assigned },
    topicIds: new Map(),
  };
}

/** A reader that always has `backlog` records more by topic, and starts its batches where it is told to. */
function readerOf(
  backlog: Readonly<Record<string, number>>,
  asked: Record<string, number>,
  startOffset = 0,
): LogReader {
  return {
    open: ({ topic, partition }) => {
      const records = backlog[topic]!;
      const ends: PartitionEnds | undefined = { logStart: 0, lastStable: records, highWatermark: records };
      return {
        ...{ topic, partition, position: 0, ends, endsAgeMs: 0 },
        take(maxRecords): RecordBatch {
          asked[topic] = maxRecords;
          const count = Math.min(maxRecords, records);
          const batch = { topic, partition, startOffset, nextOffset: startOffset + count, records: [] };
          return { ...batch, records: Array<never>(count) };
        },
        close() {},
      };
    },
    close: async () => {},
  };
}

function asked(maxRecords: number, backlog: Readonly<Record<string, number>>): Record<string, number> {
  const requests: Record<string, number> = {};
  const plan = taskPlan(planOf(Object.fromEntries(Object.keys(backlog).map((topic) => [topic, 2]))), 0, 30_000);
  const inputs = new TaskInputs(plan, readerOf(backlog, requests), () => {});
  const start = Object.fromEntries(Object.keys(backlog).map((topic) => [topic, 0]));
  inputs.open(start);
  inputs.take(maxRecords, start);
  return requests;
}

describe('what is taken of each input', () => {
  it.each([
    { maxRecords: 10, backlog: { a: 1_000_000 }, expected: { a: 10 } },
    { maxRecords: 10, backlog: { a: 3 }, expected: { a: 10 } },
    { maxRecords: 10, backlog: { a: 30, b: 10 }, expected: { a: 7, b: 2 } },
    { maxRecords: 10, backlog: { a: 4, b: 5 }, expected: { a: 10, b: 6 } },
    { maxRecords: 10, backlog: { a: 1_000_000, b: 1 }, expected: { a: 9, b: 1 } },
    { maxRecords: 1, backlog: { a: 1_000, b: 1_000 }, expected: { a: 1, b: 1 } },
    { maxRecords: 10, backlog: { a: 10, b: 0 }, expected: { a: 10 } },
  ])('of $backlog, when $maxRecords may be: $expected', ({ maxRecords, backlog, expected }) => {
    expect(asked(maxRecords, backlog)).toEqual(expected);
  });
});

test('a batch that does not start exactly at the position is an error, never a skip', () => {
  for (const position of [4, 6]) {
    const inputs = new TaskInputs(taskPlan(planOf({ a: 2 }), 1, 30_000), readerOf({ a: 9 }, {}, 5), () => {});
    inputs.open({ a: position });
    expect(() => inputs.take(10, { a: position })).toThrow(
      /TM_BATCH_GAP.*a\/1: the position is [46], the batch starts at 5/,
    );
  }
});

test('a task reads its own partition of each topic that has one, and only what it is assigned', () => {
  const topics = (partition: number, plan: StagePlan) => inputTopics(taskPlan(plan, partition, 0));
  expect(topics(0, planOf({ a: 1, b: 2 }))).toEqual(['a', 'b']);
  expect(topics(1, planOf({ a: 1, b: 2 }))).toEqual(['b']);
  expect(topics(1, planOf({ a: 2, b: 2 }, new Map([['a', new Set([1])]])))).toEqual(['a', 'b']);
  expect(topics(0, planOf({ a: 2, b: 2 }, new Map([['a', new Set([1])]])))).toEqual(['b']);
});

test('only the high watermark is the end: an open transaction may still commit', () => {
  const plan = taskPlan(planOf({ a: 2 }), 0, 0);
  const open = (ends: PartitionEnds | undefined) => {
    const reader = {
      ...{ topic: 'a', partition: 0, position: 5, ends, endsAgeMs: 7 },
      take: () => undefined,
      close() {},
    };
    const inputs = new TaskInputs(plan, { open: () => reader, close: async () => {} }, () => {});
    inputs.open({ a: 5 });
    return inputs;
  };
  const isAtEnd = (inputs: TaskInputs, a: number) => inputs.endViews({ a }, 100).get('a')?.isAtEnd;
  expect(isAtEnd(open(undefined), 5)).toBe(false);
  const held = open({ logStart: 0, lastStable: 5, highWatermark: 8 });
  expect(isAtEnd(held, 5)).toBe(false);
  expect(held.lag({ a: 5 })).toEqual({ stable: 0, total: 3 });
  expect(isAtEnd(open({ logStart: 0, lastStable: 5, highWatermark: 5 }), 5)).toBe(true);
  expect(isAtEnd(open({ logStart: 0, lastStable: 5, highWatermark: 5 }), 4)).toBe(false);
  expect(held.endViews({ a: 5 }, 100).get('a')?.asOfMs).toBe(93);
});
