import { createRandom } from '@tidemark/testing';
import { readValidBehavior, readValidSale } from '../checker/events.ts';
import { makeEvent } from './make-event.ts';

const START_S = 1_767_225_600;
const COUNT = 20_000;

function events(seed: number) {
  const options = { startS: START_S, eventsPerSecond: 100, lateFrom: 1_000, random: createRandom(seed) };
  return Array.from({ length: COUNT }, (_, number) => makeEvent(options, number));
}

test('the same seed gives the same events', () => {
  expect(events(5)).toEqual(events(5));
  expect(events(6)).not.toEqual(events(5));
});

test('every event has its number, and most of them are valid', () => {
  const all = events(1);
  expect(all.map(({ headers }) => headers?.['n'])).toEqual(all.map((_, number) => String(number)));
  const read = all.map(({ topic, value }) => {
    const bytes = value === null ? null : Buffer.from(value);
    return topic === 'sales-events' ? readValidSale(bytes) : readValidBehavior(bytes);
  });
  const invalid = read.filter((event) => event === undefined).length;
  expect(invalid).toBeGreaterThan(COUNT / 100);
  expect(invalid).toBeLessThan(COUNT / 25);
});

test('a late event is far behind what came before, and none comes early', () => {
  const times = events(1).map(({ value }) => Number(/"timestamp":(\d+)/.exec(String(value))?.[1] ?? START_S + 100));
  const late = times.flatMap((time, number) => (time < START_S - 3_600 ? [number] : []));
  expect(late.length).toBeGreaterThan(20);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(1_000);
  const usual = times.filter((time) => time >= START_S - 3_600 && time < START_S + 1_000_000);
  expect(Math.max(...usual)).toBeLessThanOrEqual(START_S + COUNT / 100);
});
