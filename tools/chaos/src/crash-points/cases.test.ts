import { CRASH_POINTS } from '@tidemark/runtime';
import { casesOf, FAULTS, ordersOf } from './cases.ts';
import { SHAPES } from './shapes.ts';

const [, , merge] = SHAPES;

test('every point of the shapes meets all four faults, the last calls also after they took effect', () => {
  const cases = casesOf(merge!, FAULTS, CRASH_POINTS);
  const faultsAt = (point: string) => cases.filter((one) => one.point === point).map(({ fault }) => fault);
  for (const point of CRASH_POINTS.filter((name) => name !== 'commit.1.look-up')) {
    expect(faultsAt(point)).toEqual(expect.arrayContaining(['kill', 'stop', 'throw', 'lost-reply']));
  }
  expect(faultsAt('commit.2.commit')).toEqual([...FAULTS]);
  expect(faultsAt('commit.1.look-up')).toEqual([]);
});

test('what only a failure leads to is led to by one', () => {
  const shape = merge!;
  expect(ordersOf({ shape, point: 'commit.2.commit', fault: 'kill' })).toEqual(['commit.2.commit@merge:kill']);
  expect(ordersOf({ shape, point: 'take-over.failed.close-producer', fault: 'stop' })).toEqual([
    'commit.2.begin@merge:throw',
    'take-over.2.changelog-ends@merge:throw',
    'take-over.failed.close-producer@merge:stop',
  ]);
});

test('the store is verified for all stages of a process by whichever task comes first', () => {
  const verify = { shape: merge!, point: 'commit.4.verify-store', fault: 'throw' } as const;
  expect(ordersOf(verify)).toEqual(['commit.4.verify-store:throw']);
});
