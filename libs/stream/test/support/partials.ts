import { encodePartial, type PartialRow, type PromiseRecord, promiseOutput } from '../../src/stages/partial.ts';
import type { RecordBatch } from '../../src/ports/log.ts';
import { PARTIALS } from './orders.ts';
import { logRecord } from './turns.ts';

/** A partial row of the query `orders`. */
export function partial(overrides: Partial<PartialRow> = {}): PartialRow {
  return { query: 'orders', group: ['a'], windowStartMs: 0, delta: [1, 1], rowVersion: 1, ...overrides };
}

export function promise(
  combineTask: number,
  closedEndMs: number | null,
  overrides: Partial<PromiseRecord> = {},
): PromiseRecord {
  return {
    combineTask,
    closedEndMs: closedEndMs === null ? {} : { orders: closedEndMs },
    done: false,
    fresh: [],
    ...overrides,
  };
}

/** A batch of a partials partition, encoded as combine tasks write it. */
export function partialsBatch(startOffset: number, travelling: readonly (PartialRow | PromiseRecord)[]): RecordBatch {
  const records = travelling.map((each, index) => {
    const text = 'combineTask' in each ? String(promiseOutput(PARTIALS, 0, each).value) : encodePartial(each, 0);
    return logRecord({ topic: PARTIALS, offset: startOffset + index, value: Buffer.from(text) });
  });
  return { topic: PARTIALS, partition: 0, startOffset, nextOffset: startOffset + records.length, records };
}
