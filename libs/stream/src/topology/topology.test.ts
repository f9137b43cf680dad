import { type Order, ordersQuery, totalQuery } from '../../test/support/orders.ts';
import { logRecord } from '../../test/support/turns.ts';
import { combineStage } from '../stages/combine-stage.ts';
import { mapStage } from '../stages/map-stage.ts';
import { mergeStage } from '../stages/merge-stage.ts';
import { repartition, repartitioned } from '../stages/repartition-stage.ts';
import { ok, skip } from '../steps/step-result.ts';
import { forwardedRecord, sinkRecord } from './sink.ts';
import { defineTopology } from './topology.ts';

const source = { kind: 'topics', subscribe: ['input'], startingOffsets: 'earliest' } as const;
const map = (name: string) => mapStage({ name, source, step: () => ok(1), sinks: [] });

describe('defineTopology', () => {
  it('refuses two stages of one name: they would share a changelog', () => {
    expect(() => defineTopology({ worker: 'w', stages: [map('a'), map('b'), map('a')] })).toThrow(/two stages named a/);
  });

  it('refuses a merge stage whose partials nobody here writes', () => {
    const merge = mergeStage({ name: 'merge', combine: 'combine', queries: [] });
    expect(() => defineTopology({ worker: 'w', stages: [map('a'), merge] })).toThrow(
      /merge reads the partials of combine/,
    );
  });

  const spread = repartition({ name: 'spread', source, step: () => ok(1), partitions: 2 });
  const behind = (eventTimeMs?: () => number) => {
    const given = { name: 'behind', source: repartitioned('spread'), step: () => ok(1), sinks: [] };
    return mapStage(eventTimeMs === undefined ? given : { ...given, eventTimeMs });
  };

  it('refuses a repartition that no stage before it makes', () => {
    for (const stages of [[behind()], [behind(), spread], [map('spread'), behind()]]) {
      expect(() => defineTopology({ worker: 'w', stages })).toThrow(/behind reads the repartition of spread/);
    }
    expect(() => defineTopology({ worker: 'w', stages: [spread, behind()] })).not.toThrow();
  });

  it('refuses to lose event time on the way', () => {
    const stages = [spread, behind(() => 0)];
    expect(() => defineTopology({ worker: 'w', stages })).toThrow(/behind needs event time.*`eventTimeMs`/);
  });

  it('refuses a query that closes windows when idle behind a repartition, which says nothing of idleness', () => {
    const passesOn = repartition({ name: 'spread', source, step: () => ok(1), eventTimeMs: () => 0, partitions: 2 });
    const counts = (closesWhenIdle: boolean) =>
      combineStage<Order>({
        ...{ name: 'counts', source: repartitioned('spread'), step: () => skip('none'), eventTimeMs: () => 0 },
        queries: [totalQuery(), ordersQuery({ closesWhenIdle })],
      });
    const define = (closesWhenIdle: boolean) =>
      defineTopology({ worker: 'w', stages: [passesOn, counts(closesWhenIdle)] });
    expect(() => define(true)).toThrow(/counts has a query with `closesWhenIdle`.*spread/);
    expect(() => define(false)).not.toThrow();
  });

  it.each([0, 1.5, Number.NaN])('refuses %p partitions', (partitions) => {
    expect(() => repartition({ name: 'spread', source, step: () => ok(1), partitions })).toThrow(RangeError);
  });
});

test('a map stage declares all topics that it writes, once each', () => {
  const sink = { topic: 'out', key: () => '', encode: () => '' };
  const stage = mapStage({ name: 'a', source, step: () => ok(1), sinks: [sink, { ...sink }] });
  expect(stage.outputs('app')).toEqual(['out', 'error-events']);
});

test('a sink that has no text for a value writes nothing', () => {
  const sink = { topic: 'out', key: () => 'k', encode: () => undefined };
  expect(sinkRecord(sink, 1, () => 3, 0)).toBeUndefined();
});

test('a forwarded record keeps key, bytes, time and headers; headers of the same name are replaced', () => {
  const record = logRecord({
    ...{ key: Buffer.from('k'), value: Buffer.from([255]), timestampMs: 5, partition: 9 },
    headers: { a: Buffer.from('1'), b: Buffer.from('2') },
  });
  expect(forwardedRecord(record, 'out', () => 4, { b: 'new' })).toMatchObject({
    ...{ topic: 'out', key: Buffer.from('k'), value: Buffer.from([255]), timestampMs: 5 },
    headers: { a: Buffer.from('1'), b: 'new' },
  });
  const byKey = forwardedRecord(record, 'out', () => 4, {}).partition;
  expect(forwardedRecord({ ...record, partition: 2 }, 'out', () => 4, {}).partition).toBe(byKey);
});
