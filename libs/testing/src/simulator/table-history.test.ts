import type { OutputRecord } from '@tidemark/stream';
import { TableHistory } from './table-history.ts';

const MERGES = ['tidemark.counter.merge.0', 'tidemark.counter.merge.1'] as const;

function output(topic: string, value: unknown): OutputRecord {
  return { topic, partition: 0, key: null, value: JSON.stringify(value) };
}

const promise = output('tidemark.counter.combine.partials', [1, 'p', 0, {}, false, ['totals']]);
const other = output('tidemark.counter.combine.partials', [1, 'd', 'windows', ['a'], 0, [1]]);
const changed = output('tidemark.counter.combine.partials', [1, 'd', 'totals', ['a'], null, [1]]);
const total = output('totals', {});

test('each merge task has to emit its table after any row has changed', () => {
  const history = new TableHistory('totals');
  const areUpToDate = () => ['counter/merge/0', 'counter/merge/1'].map((id) => history.isUpToDate(id));
  history.committed('tidemark.counter.combine.0', [changed, promise]);
  expect(areUpToDate()).toEqual([false, false]);
  history.committed(MERGES[0], [total]);
  expect(areUpToDate()).toEqual([true, false]);
  history.committed(MERGES[1], [total]);
  history.committed('tidemark.counter.combine.0', [other, promise]);
  expect(areUpToDate()).toEqual([true, true]);
  history.committed('tidemark.counter.combine.0', [changed]);
  expect(areUpToDate()).toEqual([false, false]);
});
