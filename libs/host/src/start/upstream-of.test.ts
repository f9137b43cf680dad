import { upstreamUnder } from './upstream-of.ts';

test('readers wait for the worker that writes their topic, under the id that it has', () => {
  expect(upstreamUnder({})('processed-events')).toBe('parser/parse');
  expect(upstreamUnder({ parser: 'parser-2' })('processed-events')).toBe('parser-2/parse');
  expect(upstreamUnder({ parser: 'parser-2' })('sales-summary')).toBe('region-aggregator/merge');
  expect(upstreamUnder({ parser: 'parser-2' })('sales-events')).toBeUndefined();
});
