import type { Manifest } from '../manifest/manifest.ts';
import { downstreamFirst, internalLinks } from './stage-links.ts';

function manifest(application: string, stage: string, inputs: string[], outputs: string[]): Manifest {
  const counts = (topics: string[]) => Object.fromEntries(topics.map((topic) => [topic, 1]));
  return { application, stage, tasks: 1, inputs: counts(inputs), outputs: counts(outputs), fingerprint: '' };
}

const parse = manifest('parser', 'parse', ['in'], ['mid', 'errors']);
const combine = manifest('sums', 'combine', ['mid'], ['tidemark.sums.combine.partials', 'errors']);
const merge = manifest('sums', 'merge', ['tidemark.sums.combine.partials'], ['out']);
const route = manifest('router', 'route', ['errors'], ['errors', 'dead']);

test('readers come before writers, in whatever order they are found', () => {
  const stages = [parse, combine, merge, route];
  for (const order of [stages, [...stages].reverse(), [combine, route, parse, merge]]) {
    const found = downstreamFirst(order);
    expect(found).toHaveLength(4);
    expect(found.indexOf(merge)).toBeLessThan(found.indexOf(combine));
    expect(found.indexOf(combine)).toBeLessThan(found.indexOf(parse));
    expect(found.indexOf(route)).toBeLessThan(found.indexOf(parse));
  }
});

test('stages that feed each other in a circle come once each', () => {
  const there = manifest('a', 'there', ['x'], ['y']);
  const back = manifest('a', 'back', ['y'], ['x']);
  expect(downstreamFirst([there, back, there])).toHaveLength(2);
});

test('only internal topics link stages whose records are copied', () => {
  expect(internalLinks([parse, combine, merge, route])).toEqual([
    { topic: 'tidemark.sums.combine.partials', writer: combine, reader: merge, isPartials: true },
  ]);
});
