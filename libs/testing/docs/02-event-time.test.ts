import { topics } from '@tidemark/schemas';
import {
  aggregate,
  defineTopology,
  type ExternalRecord,
  ok,
  query,
  type LogRecord,
  type TopicSource,
} from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { count, tumblingWindow } from '@tidemark/window-state';

// The manual, page 2: event time over several partitions. A minute is closed when *all* partitions are past it, so that
// one that is ahead never makes another one's data late; a partition that has been quiet for a while holds nothing back. Where all
// are quiet the last minute stays open until more comes, or, if it is told to, until the clock has passed its end.

const MINUTE_MS = 60_000;
const IDLE_TIMEOUT_MS = 30_000;
const START_MS = Date.UTC(2026, 5, 1);

interface Tick {
  readonly timeMs: number;
}

function readTick(record: LogRecord) {
  return ok<Tick>({ timeMs: START_MS + Number(record.value) * 1_000 });
}

const source: TopicSource = { kind: 'topics', subscribe: ['user-events'], startingOffsets: 'earliest' };

const topology = (closesWhenIdle: boolean) =>
  defineTopology({
    worker: 'ticks',
    stages: aggregate({
      source,
      step: readTick,
      eventTimeMs: (tick) => tick.timeMs,
      queries: [
        query({
          name: 'ticks-per-minute',
          groupBy: { all: (_tick: Tick) => 'all' },
          window: tumblingWindow(MINUTE_MS),
          closesWhenIdle,
          measures: { ticks: count() },
          mode: 'append',
          everyMs: 0,
          sink: { topic: 'ticks-per-minute', key: (row) => row.all, encode: (row) => JSON.stringify(row.ticks) },
        }),
      ],
    }),
  });

const at = (second: number): ExternalRecord => ({ value: String(second) });

let driver: TopologyDriver;

const start = (closesWhenIdle: boolean) =>
  TopologyDriver.start({
    topologies: [topology(closesWhenIdle)],
    partitions: { 'user-events': 2, 'ticks-per-minute': 1 },
    runtime: { idleTimeoutMs: IDLE_TIMEOUT_MS },
  });

beforeEach(async () => {
  driver = await start(false);
});

afterEach(() => driver.stop());

function counts(): readonly number[] {
  return driver.readJson<number>('ticks-per-minute');
}

test('a partition that is ahead waits for the one that is behind, and nothing is late', async () => {
  await driver.pipeInput('user-events', [at(10), at(280)], 0);
  expect(counts()).toEqual([]);
  await driver.pipeInput('user-events', [at(20), at(30), at(90)], 1);
  expect(counts()).toEqual([3]);
  expect(driver.readOutput(topics.lateEvents.topic)).toEqual([]);
});

test('a quiet partition is declared idle after the time-out, and holds nothing back any more', async () => {
  await driver.pipeInput('user-events', [at(10), at(90)], 0);
  await driver.advanceTime(IDLE_TIMEOUT_MS - 5_000);
  await driver.pipeInput('user-events', [at(91)], 0);
  expect(counts()).toEqual([]);
  await driver.advanceTime(10_000);
  expect(counts()).toEqual([1]);
});

test('when nothing comes at all the last minute waits, or goes by the clock', async () => {
  await driver.pipeInput('user-events', [at(10), at(50)], 0);
  await driver.advanceTime(10 * IDLE_TIMEOUT_MS);
  expect(counts()).toEqual([]);
  await driver.stop();

  driver = await start(true);
  await driver.pipeInput('user-events', [at(10), at(50)], 0);
  await driver.advanceTime(IDLE_TIMEOUT_MS + 9_000);
  expect(counts()).toEqual([]);
  // From 50 on the clock runs once both are idle: ten seconds later the minute is over.
  await driver.advanceTime(2_000);
  expect(counts()).toEqual([2]);
  await driver.pipeInput('user-events', [at(70)], 1);
  expect(driver.readOutput(topics.lateEvents.topic)).toEqual([]);
});

test('what comes for a closed minute goes to late-events, as it came', async () => {
  await driver.pipeInput('user-events', [at(10), at(90)], 0);
  await driver.pipeInput('user-events', [at(90)], 1);
  await driver.pipeInput('user-events', [at(50)], 1);
  expect(counts()).toEqual([1]);
  const [late] = driver.readOutput(topics.lateEvents.topic);
  expect(String(late!.value)).toBe('50');
  expect(String(late!.headers['tidemark-source'])).toBe('user-events/1/1');
  expect(String(late!.headers['tidemark-watermark'])).toBe('2026-06-01T00:01:30.000Z');
});
