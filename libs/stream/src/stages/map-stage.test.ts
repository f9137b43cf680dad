import { decodeErrorRecord, topics } from '@tidemark/schemas';
import { batchOf, frontierEntry, INPUT_TOPIC, jsonOf, logRecord, NOW_MS, StageRun } from '../../test/support/turns.ts';
import { partitionForKey } from '../partitioning/murmur2.ts';
import type { LogRecord } from '../ports/log.ts';
import { ok, type StepResult, stepError } from '../steps/step-result.ts';
import { forwardedRecord } from '../topology/sink.ts';
import { mapStage, type MapStageOptions } from './map-stage.ts';

interface Sale {
  readonly id: string;
  readonly atMs: number;
}

function readSale({ value }: LogRecord): StepResult<Sale> {
  const sale = JSON.parse(value!.toString()) as Sale;
  return sale.id === 'bad' ? stepError('bad_sale', 'id is bad') : ok(sale);
}

const options: MapStageOptions<Sale> = {
  name: 'parse',
  source: { kind: 'topics', subscribe: ['input'], startingOffsets: 'earliest' },
  step: readSale,
  eventTimeMs: (sale) => sale.atMs,
  sinks: [
    { topic: 'all', key: (sale) => sale.id, encode: (sale) => JSON.stringify({ id: sale.id }) },
    { topic: 'some', key: (sale) => sale.id, encode: (sale) => (sale.id === 'b' ? 'b!' : undefined) },
  ],
};

const ERRORS = topics.errorEvents.topic;

describe('a map stage', () => {
  it('writes what each sink makes of a value, in the order of the input, on the partition of the key', () => {
    const { outputs } = new StageRun(mapStage(options)).preview({
      batches: [batchOf([{ id: 'a', atMs: 1 }, { id: 'b', atMs: 2 }, { id: 'c', atMs: 3 }])], // prettier-ignore
    });
    expect(outputs.map(({ topic, value }) => [topic, value])).toEqual([
      ['all', '{"id":"a"}'],
      ['all', '{"id":"b"}'],
      ['some', 'b!'],
      ['all', '{"id":"c"}'],
    ]);
    for (const { key, partition } of outputs) expect(partition).toBe(partitionForKey(key!, 3));
    expect(new Set(outputs.map(({ partition }) => partition)).size).toBeGreaterThan(1);
  });

  it('keeps the time at which the record was received: readers downstream judge clocks by it', () => {
    const batch = batchOf([{ id: 'a', atMs: 1 }], 0, { timestampMs: 123 });
    expect(new StageRun(mapStage(options)).preview({ batches: [batch] }).outputs[0]!.timestampMs).toBe(123);
  });

  it('tells of an error all that is needed to find the record again', () => {
    const source = { partition: 2, offset: 17, timestampMs: 1_000, key: Buffer.from([0, 255]) };
    const run = new StageRun(mapStage(options), { partition: 2, application: 'parser' });
    run.turn();
    const { outputs } = run.preview({ batches: [batchOf([{ id: 'bad' }], 17, source)], nowMs: NOW_MS + 5 });
    expect(outputs.map(({ topic, key }) => [topic, key])).toEqual([[ERRORS, 'error']]);
    const decoded = decodeErrorRecord(Buffer.from(outputs[0]!.value!));
    expect(decoded).toMatchObject({
      ok: true,
      value: {
        errorMessage: 'id is bad',
        code: 'bad_sale',
        worker: 'parser',
        step: 'readSale',
        attempt: 1,
        batchId: 3,
        errorTimeMs: NOW_MS + 5,
        source: { topic: 'input', ...source },
        payload: { head: Buffer.from('{"id":"bad"}'), sizeBytes: 12 },
      },
    });
  });

  it('counts ok, error and read, in the turn and since the beginning, and errors by code', () => {
    const run = new StageRun(mapStage({ ...options, label: (sale) => `sale_${sale.id}` }));
    const first = run.turn({ batches: [batchOf([{ id: 'a', atMs: 1 }, { id: 'bad' }])] });
    expect(first.tallies['parse']).toMatchObject({ read: 2, ok: 1, error: 1, skipped: 0, late: 0 });
    run.turn({ batches: [batchOf([{ id: 'bad' }, { id: 'a', atMs: 1 }, { id: 'a', atMs: 1 }], 2)] });
    expect(run.position.tallies['parse']).toMatchObject({ read: 5, ok: 3, error: 2 });
    expect(run.position.labels).toEqual({ bad_sale: 2, sale_a: 3 });
    expect(run.position.inputs).toEqual({ input: 5 });
  });

  it('announces its frontier when that rises, and not else', () => {
    const run = new StageRun(mapStage(options));
    const turnAt = (atMs: number, offset: number) => run.turn({ batches: [batchOf([{ id: 'a', atMs }], offset)] });
    expect(turnAt(10, 0).announcesFrontier).toBe(true);
    expect(turnAt(10, 1).announcesFrontier).toBe(false);
    expect(turnAt(5, 2)).toMatchObject({ announcesFrontier: false, position: { frontierMs: 10 } });
    expect(turnAt(11, 3)).toMatchObject({ announcesFrontier: true, position: { frontierMs: 11 } });
  });

  it('has nothing to commit when nothing came, or only offsets without records', () => {
    const run = new StageRun(mapStage(options));
    expect(run.turn().isWorthCommitting).toBe(false);
    const batches = [{ topic: 'input', partition: 0, startOffset: 0, nextOffset: 9, records: [] }];
    expect(run.turn({ batches })).toMatchObject({ isWorthCommitting: false, position: { inputs: { input: 9 } } });
  });

  it('hands a refused record on to nobody, and forwards others with their bytes, headers and lookups', () => {
    const withForward = mapStage<Sale>({
      ...options,
      sinks: [],
      forward: {
        topics: ['copies'],
        records: (sale, record, { partitionsOf }, lookup) => [
          forwardedRecord(record, 'copies', partitionsOf, { id: sale.id, from: String(lookup) }),
        ],
      },
    });
    const batch = batchOf([{ id: 'bad' }, { id: 'a', atMs: 1 }], 0, {
      headers: { old: Buffer.from('kept') },
      partition: 4,
    });
    const lookups = new Map(batch.records.map((record) => [record, 'looked up']));
    const { outputs } = new StageRun(withForward, { partition: 4 }).preview({ batches: [batch], lookups });
    const copies = outputs.filter(({ topic }) => topic === 'copies');
    expect(copies).toHaveLength(1);
    expect(copies[0]).toMatchObject({
      // Without a key: its own partition number, as far as the topic has so many.
      partition: 4 % 3,
      value: batch.records[1]!.value,
      headers: { old: Buffer.from('kept'), id: 'a', from: 'looked up' },
    });
    expect(jsonOf(outputs, ERRORS)).toHaveLength(1);
  });
});

describe('the frontier of a stage behind others', () => {
  const UP = ['parser/parse/0', 'parser/parse/1'];
  const behind = () => new StageRun(mapStage(options), { isSourceTask: false });
  const sourceTasks = { siblings: [], upstream: UP };

  it('is the smallest of theirs, whatever it reads itself', () => {
    const run = behind();
    const pending = (task: string, frontierMs: number) => new Map([[task, [frontierEntry(task, { frontierMs })]]]);
    run.turn({ sourceTasks, pendingFrontiers: pending(UP[0]!, 50), batches: [batchOf([{ id: 'a', atMs: 99 }])] });
    expect(run.position.frontierMs).toBeNull();
    run.turn({ sourceTasks, pendingFrontiers: pending(UP[1]!, 20) });
    expect(run.position.frontierMs).toBe(20);
    run.turn({ sourceTasks, pendingFrontiers: pending(UP[1]!, 80) });
    expect(run.position.frontierMs).toBe(50);
  });

  it('is done only when they are, and says so in each run', () => {
    const run = behind();
    const drain = { sourceTasks, isDraining: true, reachedTargets: true, startedAt: [9] };
    const done = (task: string) => new Map([[task, [frontierEntry(task, { done: true })]]]);
    expect(run.turn({ ...drain, pendingFrontiers: done(UP[0]!) }).position.done).toBe(false);
    expect(run.turn({ ...drain, pendingFrontiers: done(UP[1]!) })).toMatchObject({
      position: { done: true },
      isWorthCommitting: true,
      announcesFrontier: true,
    });
    expect(run.turn({ ...drain, isFirst: true })).toMatchObject({
      position: { done: true, restartedAt: [9] },
      announcesFrontier: true,
    });
  });
});

test('a stage without event times announces nothing but its end', () => {
  const { eventTimeMs: _, ...timeless } = options;
  const run = new StageRun(mapStage<Sale>(timeless));
  const batches = [batchOf([{ id: 'a' }])];
  expect(run.turn({ batches })).toMatchObject({ announcesFrontier: false, position: { frontierMs: null } });
  expect(run.turn({ idleInputs: new Set([INPUT_TOPIC]) }).announcesFrontier).toBe(false);
  expect(run.turn({ isDraining: true, reachedTargets: true }).announcesFrontier).toBe(true);
});

test('a record without a value or a key gets through a step that takes it', () => {
  const stage = mapStage<null>({
    ...{ name: 'n', source: options.source, step: () => ok(null) },
    sinks: [{ topic: 'all', key: () => '', encode: () => '' }],
  });
  const batch = { topic: 'input', partition: 0, startOffset: 0, nextOffset: 1, records: [logRecord()] };
  expect(new StageRun(stage).preview({ batches: [batch] }).outputs).toMatchObject([{ key: '', value: '' }]);
});
