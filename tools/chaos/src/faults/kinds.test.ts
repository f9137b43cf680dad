import { createRandom } from '@tidemark/testing';
import { drawKinds, FAULT_KINDS } from './kinds.ts';

function draw(seed: number, count: number) {
  const kinds = drawKinds(createRandom(seed));
  return Array.from({ length: count }, () => kinds.next().value);
}

test('each kind comes once before any comes again', () => {
  const first = draw(1, FAULT_KINDS.length);
  expect([...first].sort()).toEqual([...FAULT_KINDS].sort());
});

test('the same seed draws the same, another one another order', () => {
  expect(draw(2, 100)).toEqual(draw(2, 100));
  expect(draw(3, 16)).not.toEqual(draw(2, 16));
});

test('of some kinds only these come, and all of them first', () => {
  const kinds = drawKinds(createRandom(1), ['broker-kill', 'redis-cut']);
  const drawn = Array.from({ length: 50 }, () => kinds.next().value);
  expect(new Set(drawn.slice(0, 2))).toEqual(new Set(['broker-kill', 'redis-cut']));
  expect(new Set(drawn)).toEqual(new Set(['broker-kill', 'redis-cut']));
});
