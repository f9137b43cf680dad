import fc from 'fast-check';
import { balanceTasks } from './balance-tasks.ts';
import type { GroupMember, TaskShares } from './balance-tasks.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const topicsOf = (counts: Record<string, number>) => new Map(Object.entries(counts).map(([t, n]) => [t, range(n)]));

function member(memberId: string, topics: string[], owned: GroupMember['owned'] = {}, generation = 0): GroupMember {
  return { memberId, topics, owned, generation };
}

const plain = (shares: TaskShares) => Object.fromEntries(shares);

it('gives each of two members tasks of every stage, and the remainders in turn', () => {
  const topics = ['t1', 't2', 't3'];
  const shares = balanceTasks(topicsOf({ t1: 3, t2: 3, t3: 2 }), [member('b', topics), member('a', topics)]);
  expect(plain(shares)).toEqual({ a: { t1: [0, 1], t2: [2], t3: [0] }, b: { t1: [2], t2: [0, 1], t3: [1] } });
});

it('lets members keep what they own', () => {
  const owned = { a: { t: [4, 5] }, b: { t: [0, 1, 2, 3] } };
  const members = [member('a', ['t'], owned.a), member('b', ['t'], owned.b), member('c', ['t'])];
  expect(plain(balanceTasks(topicsOf({ t: 6 }), members))).toEqual({
    a: { t: [4, 5] },
    b: { t: [0, 1] },
    c: { t: [2, 3] },
  });
});

it('believes the newer of two who claim the same', () => {
  const members = [member('a', ['t'], { t: [0, 1] }, 4), member('b', ['t'], { t: [1] }, 7)];
  expect(plain(balanceTasks(topicsOf({ t: 2 }), members))).toEqual({ a: { t: [0] }, b: { t: [1] } });
});

it('gives a topic only to those who subscribe to it, and ignores what does not exist', () => {
  const members = [member('a', ['t', 'u'], { gone: [0], t: [17] }), member('b', ['t'])];
  const shares = plain(balanceTasks(topicsOf({ t: 2, u: 2 }), members));
  expect(shares).toEqual({ a: { t: [0], u: [0, 1] }, b: { t: [1] } });
});

it('shares any group evenly, once each, and changes nothing when nothing changed', () => {
  const counts = fc.dictionary(fc.constantFrom('t1', 't2', 't3'), fc.integer({ min: 0, max: 12 }));
  const claims = fc.array(fc.dictionary(fc.constantFrom('t1', 't2'), fc.uniqueArray(fc.nat(14))), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(counts, claims, (sizes, claimed) => {
      const partitions = topicsOf(sizes);
      const topics = [...partitions.keys()];
      const members = claimed.map((owned, i) => member(`m${i}`, topics, owned, i));
      const shares = balanceTasks(partitions, members);
      for (const topic of topics) expectEven(shares, topic, sizes[topic]!);
      const again = members.map((m) => ({ ...m, owned: shares.get(m.memberId) ?? {}, generation: 99 }));
      expect(plain(balanceTasks(partitions, again))).toEqual(plain(shares));
    }),
  );
});

function expectEven(shares: TaskShares, topic: string, count: number): void {
  const perMember = [...shares.values()].map((share) => share[topic] ?? []);
  expect(perMember.flat().sort((a, b) => a - b)).toEqual(range(count));
  const sizes = perMember.map((share) => share.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
}
