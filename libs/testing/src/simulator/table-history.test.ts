import type { OutputRecord } from '@tidemark/stream';
import { TableHistory } from './table-history.ts';

const MERGES = ['tidemark.counter.merge.0', 'tidemark.counter.merge.1'] as const;

function output(topic: string, value: unknown): OutputRecord {
  return { topic, partition: 0, key: null, value: JSON.stringify(value) };
}

const due = output('tidemark.counter.combine.partials', [1, 'p', 0, {}, false, ['totals']]);
const promise = output('tidemark.counter.combine.partials', [1, 'p', 0, {}, false, ['windows']]);
const partial = output('tidemark.counter.combine.partials', [1, 'd', 'totals', ['a'], null, [1]]);
const total = output('totals', {});

test('each merge task has to emit its table after it was due', () => {
  const history = new TableHistory('totals');
  const areUpToDate = () => ['counter/merge/0', 'counter/merge/1'].map((id) => history.isUpToDate(id));
  history.committed('tidemark.counter.combine.0', [partial, due]);
  expect(areUpToDate()).toEqual([false, false]);
  history.committed(MERGES[0], [total]);
  expect(areUpToDate()).toEqual([true, false]);
  history.committed(MERGES[1], [total]);
  history.committed('tidemark.counter.combine.0', [partial, promise]);
  expect(areUpToDate()).toEqual([true, true]);
  history.committed('tidemark.counter.combine.0', [due]);
  expect(areUpToDate()).toEqual([false, false]);
});
