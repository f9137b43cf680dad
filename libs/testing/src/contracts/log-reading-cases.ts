import type { LogScope } from './log-scope.ts';
import { numbered } from './log-scope.ts';
import { expectCode } from './expect-error.ts';
import { waitFor } from '../wait-for.ts';

/** Positions, ends, order, splitting and failures of a reader. */
export function describeReading(scope: () => LogScope): void {
  describe('positions', () => describePositions(scope));
  describe('failures', () => describeFailures(scope));
  describe('independence', () => describeIndependence(scope));
}

function describePositions(scope: () => LogScope): void {
  it('shows the ends of an empty partition and takes nothing', async () => {
    const topic = await scope().createTopic();
    const probe = scope().probe(topic, 0, 0);
    expect(await probe.readStable(0)).toEqual({ logStart: 0, lastStable: 0, highWatermark: 0 });
    expect(probe.reader.position).toBe(0);
    expect(probe.records).toEqual([]);
  });

  it('reads what was there before, and goes on with what comes', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, ['a', 'b']);
    const probe = await scope().probe(topic, 0, 0).readTo(2);
    await scope().append(topic, 0, ['c']);
    await probe.readTo(3);
    expect(probe.values).toEqual(['a', 'b', 'c']);
    expect(probe.records.map((record) => record.offset)).toEqual([0, 1, 2]);
    expect(probe.reader.ends).toEqual({ logStart: 0, lastStable: 3, highWatermark: 3 });
  });

  it('starts in the middle of a batch, exactly', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, numbered('v', 10));
    const probe = await scope().probe(topic, 0, 7).readTo(10);
    expect(probe.values).toEqual(['v-7', 'v-8', 'v-9']);
  });

  it('starts at the end and reads only what comes', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, ['old']);
    const probe = scope().probe(topic, 0, 1);
    await probe.readStable(1);
    await scope().append(topic, 0, ['new']);
    expect((await probe.readTo(2)).values).toEqual(['new']);
  });

  it.each([1, 3, 7])('hands a larger fetch out in parts of %d, without gap or overlap', async (maxRecords) => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, numbered('v', 50));
    const probe = await scope().probe(topic, 0, 0).readTo(50, maxRecords);
    expect(probe.values).toEqual(numbered('v', 50));
    expect(probe.reader.position).toBe(50);
  });

  it('calls onChange when there is something new', async () => {
    const topic = await scope().createTopic();
    let changes = 0;
    const reader = scope()
      .reader()
      .open({ topic, partition: 0 }, 0, () => changes++);
    await waitFor(() => reader.ends, scope().harness.deadlineMs, 'the first answer');
    const before = changes;
    expect(before).toBeGreaterThan(0);
    await scope().append(topic, 0, ['a']);
    await waitFor(() => changes > before, scope().harness.deadlineMs, 'onChange after an append');
  });
}

function describeFailures(scope: () => LogScope): void {
  it('fails above the end, instead of resetting the position', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, ['a']);
    const probe = scope().probe(topic, 0, 5);
    expectCode(await probe.failure(), 'TM_OFFSET_OUT_OF_RANGE');
    expect(probe.reader.position).toBe(5);
    expect(probe.records).toEqual([]);
  });

  it('fails below the log start, instead of skipping what is gone', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, numbered('v', 10));
    await scope().harness.truncate(topic, 0, 6);
    const probe = scope().probe(topic, 0, 5);
    expectCode(await probe.failure(), 'TM_OFFSET_OUT_OF_RANGE');
    expect(probe.records).toEqual([]);
  });

  it('reads a truncated log from its start on', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, numbered('v', 10));
    await scope().harness.truncate(topic, 0, 6);
    const probe = await scope().probe(topic, 0, 6).readTo(10);
    expect(probe.values).toEqual(['v-6', 'v-7', 'v-8', 'v-9']);
    expect(probe.reader.ends).toEqual({ logStart: 6, lastStable: 10, highWatermark: 10 });
  });

  it('fails for a topic and for a partition that do not exist', async () => {
    const topic = await scope().createTopic();
    expectCode(await scope().probe(`${topic}-absent`, 0, 0).failure(), 'TM_TOPIC_GONE');
    expectCode(await scope().probe(topic, 1, 0).failure(), 'TM_TOPIC_GONE');
  });

  it('keeps other partitions going when one of them fails', async () => {
    const topic = await scope().createTopic(2);
    const reader = scope().reader();
    const healthy = scope().probe(topic, 0, 0, reader);
    expectCode(await scope().probe(topic, 1, 99, reader).failure(), 'TM_OFFSET_OUT_OF_RANGE');
    await scope().append(topic, 0, ['a']);
    expect((await healthy.readTo(1)).values).toEqual(['a']);
  });
}

function describeIndependence(scope: () => LogScope): void {
  it('keeps order per partition, over several partitions and appends', async () => {
    const topic = await scope().createTopic(3);
    const reader = scope().reader();
    const probes = [0, 1, 2].map((partition) => scope().probe(topic, partition, 0, reader));
    for (let round = 0; round < 5; round++) {
      for (const partition of [2, 0, 1])
        await scope().append(topic, partition, numbered(`p${partition}-r${round}`, 20));
    }
    for (const [partition, probe] of probes.entries()) {
      await probe.readTo(100);
      expect(probe.values).toEqual([0, 1, 2, 3, 4].flatMap((round) => numbered(`p${partition}-r${round}`, 20)));
    }
  });

  it('lets two positions of one partition move independently, with one reader and with two', async () => {
    const topic = await scope().createTopic();
    await scope().append(topic, 0, numbered('v', 10));
    const shared = scope().reader();
    const [first, second] = [scope().probe(topic, 0, 0, shared), scope().probe(topic, 0, 4, shared)];
    const third = scope().probe(topic, 0, 8);
    await first.readTo(10, 3);
    expect(second.reader.position).toBe(4);
    await second.readTo(10);
    await third.readTo(10);
    expect([first, second, third].map((probe) => probe.records.length)).toEqual([10, 6, 2]);
  });

  it('takes nothing after close, which may be called again', async () => {
    const topic = await scope().createTopic();
    const reader = scope().reader();
    const [closed, other] = [scope().probe(topic, 0, 0, reader), scope().probe(topic, 0, 0, reader)];
    await scope().append(topic, 0, ['a']);
    await other.readTo(1);
    closed.reader.close();
    closed.reader.close();
    expect(closed.take(10)).toBeUndefined();
    await scope().append(topic, 0, ['b']);
    expect((await other.readTo(2)).values).toEqual(['a', 'b']);
    await reader.close();
    await reader.close();
    expect(other.take(10)).toBeUndefined();
  });
}
