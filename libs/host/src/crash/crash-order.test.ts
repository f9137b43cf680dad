import { crashOrderText, parseCrashOrders } from './crash-order.ts';

test('1. an order is a point and a kind; stage and occurrence narrow it down', () => {
  expect(parseCrashOrders('commit.2.send-marks:kill')).toEqual([
    { point: 'commit.2.send-marks', stage: undefined, occurrence: 1, kind: 'kill' },
  ]);
  expect(parseCrashOrders('commit.2.commit@merge#3:lost-reply')).toEqual([
    { point: 'commit.2.commit', stage: 'merge', occurrence: 3, kind: 'lost-reply' },
  ]);
});

test('2. a list is read in its order, and written as it was read', () => {
  const texts = ['take-over.2.changelog-ends:throw', 'take-over.failed.close-producer@repartition-1#2:stop-after'];
  const orders = parseCrashOrders(texts.join(', '));
  expect(orders?.map(crashOrderText)).toEqual(texts);
});

test.each([
  '',
  'commit.2.commit',
  'commit.9.commit:kill',
  'commit.2.commit:explode',
  'commit.2.commit#0:kill',
  'a:kill,',
])('3. %j is none', (text) => expect(parseCrashOrders(text)).toBeUndefined());
