import { type CrashCase, type Fault, ordersOf } from './cases.ts';
import { inflictFailures, type Inflicting, inflictKills, inflictStops } from './inflict.ts';
import { SHAPES } from './shapes.ts';
import type { CrashingWorker } from './worker-process.ts';

const [, , merge] = SHAPES;
const oneCase = (fault: Fault, point: CrashCase['point'] = 'commit.2.commit'): CrashCase => ({
  shape: merge!,
  point,
  fault,
});

interface Script {
  /** How the process ends as soon as it is waited for. */
  readonly end?: string;
  /** How many of its orders it obeys; all by default. */
  readonly obeys?: number;
}

/** Stands in for processes: what was done with them, in order. */
function stage(scripts: readonly Script[]) {
  const done: string[] = [];
  const cases: (readonly [string, boolean])[] = [];
  const left = [...scripts];
  const inflicting: Inflicting = {
    start(orders) {
      const name = `process ${scripts.length - left.length + 1}`;
      done.push(`${name} starts: ${orders.join(', ')}`);
      return actor(name, orders.length, left.shift() ?? {}, done);
    },
    onCase: ({ fault }, failure) => void cases.push([fault, failure === undefined]),
  };
  return { inflicting, done, cases };
}

function actor(name: string, orders: number, { end, obeys = orders }: Script, done: string[]): CrashingWorker {
  let ended = end;
  let assignments = 1;
  const worker: CrashingWorker = {
    name,
    get end() {
      return ended;
    },
    log: [],
    obeyed: obeys,
    count: () => assignments,
    async until(what, isSo) {
      if (!isSo(worker)) throw new Error(`${what}: never`);
      done.push(`${name} ${what.split(' ')[0]}`);
    },
    ended: async () => (ended ??= 'exit 0'),
    ready: async () => {},
    drain: async () => {},
    signal(signal) {
      done.push(`${name} gets ${signal}`);
      // A process that goes on is given its tasks again.
      if (signal === 'SIGCONT') assignments += 1;
    },
  };
  return worker;
}

test('a kill has happened if the process died of it, with all orders obeyed', async () => {
  const { inflicting, cases } = stage([{ end: 'SIGKILL' }, { end: 'exit 2' }, { end: 'SIGKILL', obeys: 1 }]);
  await inflictKills([oneCase('kill'), oneCase('kill'), oneCase('kill-after')], inflicting);
  expect(cases).toEqual([
    ['kill', true],
    ['kill', false],
    ['kill-after', false],
  ]);
});

test('a stopped process goes on only after another one has made progress', async () => {
  const { inflicting, done, cases } = stage([{}, {}]);
  await inflictStops([oneCase('stop')], inflicting);
  expect(done).toEqual([
    'process 1 starts: commit.2.commit@merge#3:pass, commit.2.commit@merge:stop',
    'process 1 obeys',
    'process 2 starts: commit.2.commit@merge#3:pass',
    'process 2 makes',
    'process 1 gets SIGCONT',
    'process 1 is',
    'process 1 gets SIGCONT',
    'process 1 gets SIGTERM',
    'process 2 gets SIGCONT',
    'process 2 gets SIGTERM',
  ]);
  expect(cases).toEqual([['stop', true]]);
});

test('one process lives through all failures; what a process passes once, as it starts, has one of its own', async () => {
  const { inflicting, done, cases } = stage([{}, {}]);
  const [first, second] = [oneCase('throw'), oneCase('lost-reply')];
  const verify = oneCase('throw', 'commit.4.verify-store');
  await inflictFailures([first, second, verify], inflicting);
  const progress = 'commit.2.commit@merge#3:pass';
  expect(done.filter((what) => what.includes('starts'))).toEqual([
    `process 1 starts: ${[...ordersOf(verify), progress].join(', ')}`,
    `process 2 starts: ${[...ordersOf(first), progress, ...ordersOf(second), progress].join(', ')}`,
  ]);
  expect(cases).toEqual([
    ['throw', true],
    ['throw', true],
    ['lost-reply', true],
  ]);
});

test('after a failure that did not come the others get a process of their own', async () => {
  const { inflicting, done, cases } = stage([{ obeys: 0 }, {}]);
  await inflictFailures([oneCase('throw'), oneCase('lost-reply')], inflicting);
  expect(done.filter((what) => what.includes('starts'))).toHaveLength(2);
  expect(cases).toEqual([
    ['throw', false],
    ['lost-reply', true],
  ]);
});
