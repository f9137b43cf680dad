import type { CrashPoint } from '@tidemark/runtime';
import { silentLogger } from '@tidemark/stream';
import { parseCrashOrders } from './crash-order.ts';
import { obeyCrashOrders } from './obey-crash-orders.ts';

/** What happened, in order, when a hook with these orders was at each of these points. */
async function visit(orders: string, visits: readonly (readonly [CrashPoint, string])[]): Promise<string[]> {
  const happened: string[] = [];
  const logger = { ...silentLogger, warn: ({ crashPoint }: object & { crashPoint?: unknown }) => note(crashPoint) };
  const note = (what: unknown) => void happened.push(String(what));
  const hook = obeyCrashOrders(parseCrashOrders(orders)!, { logger, signal: note });
  for (const [point, task] of visits) {
    await hook(point, task, async () => note(`call ${task}`)).catch((error: Error) =>
      note(error.message.split(',')[0]),
    );
  }
  return happened;
}

const commit = (stage: string) => ['commit.2.commit', `app/${stage}/0`] as const;

test.each([
  ['kill', ['SIGKILL', 'call app/merge/0']],
  ['stop', ['SIGSTOP', 'call app/merge/0']],
  ['throw', ['failed before it was sent']],
  ['kill-after', ['call app/merge/0', 'SIGKILL']],
  ['stop-after', ['call app/merge/0', 'SIGSTOP']],
  ['lost-reply', ['call app/merge/0', 'no reply within the time-out']],
  ['pass', ['call app/merge/0']],
])('%s: before the call, or after it took effect', async (kind, expected) => {
  const order = `commit.2.commit:${kind}`;
  const happened = await visit(order, [commit('merge')]);
  expect(happened.filter((what) => what !== order)).toEqual(expected);
  expect(happened).toContain(order);
});

test('an order is obeyed once, by the stage that it names, at the time that it names', async () => {
  const order = 'commit.2.commit@merge#2:throw';
  const visits = [commit('combine'), commit('merge'), commit('combine'), commit('merge'), commit('merge')];
  expect(await visit(order, visits)).toEqual([
    'call app/combine/0',
    'call app/merge/0',
    'call app/combine/0',
    order,
    'failed before it was sent',
    'call app/merge/0',
  ]);
});

test('the next order counts from when the one before it was obeyed', async () => {
  const orders = 'commit.2.begin:throw,commit.2.commit:throw';
  const begin = ['commit.2.begin', 'app/merge/0'] as const;
  const happened = await visit(orders, [commit('merge'), begin, commit('merge'), begin]);
  expect(happened.filter((what) => what.startsWith('commit'))).toEqual(orders.split(','));
  expect(happened.filter((what) => what.startsWith('call'))).toHaveLength(2);
});
