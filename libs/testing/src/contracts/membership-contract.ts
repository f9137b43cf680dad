import { uniqueName } from '../unique-name.ts';
import { waitFor } from '../wait-for.ts';
import { expectRejection } from './expect-error.ts';
import type { MembershipHarness } from './membership-harness.ts';
import type { MemberProbe } from './membership-scope.ts';
import { MembershipScope, tasksOf, tasksOfTopic } from './membership-scope.ts';

/** A test may see several rebalances. */
const REBALANCES_PER_TEST = 5;
/** Long enough to be told apart from an answer that comes at once, short enough to wait for. */
const SHORT_DEADLINE_MS = 300;

/**
 * Registers the suite that every Membership passes.
 * @param timeoutMs of one test; the deadline of the harness counts for each rebalance in it
 */
export function describeMembershipContract(
  name: string,
  createHarness: () => Promise<MembershipHarness>,
  timeoutMs = 120_000,
): void {
  describe(`membership contract: ${name}`, () => {
    let harness: MembershipHarness;
    let scope: MembershipScope;
    const current = () => scope;

    beforeAll(async () => {
      harness = await createHarness();
      expect(harness.deadlineMs * REBALANCES_PER_TEST).toBeLessThanOrEqual(timeoutMs);
    }, timeoutMs);
    beforeEach(() => {
      scope = new MembershipScope(harness);
    });
    afterEach(() => scope.close(), timeoutMs);
    afterAll(() => harness.close(), timeoutMs);

    describe('sharing', () => describeSharing(current, timeoutMs));
    describe('leaving', () => describeLeaving(current, timeoutMs));
    describe('confirming', () => describeConfirming(current, timeoutMs));
  });
}

function describeSharing(scope: () => MembershipScope, timeoutMs: number): void {
  const inTime = (name: string, test: () => Promise<void>) => it(name, test, timeoutMs);

  inTime('gives a single member every partition of every changelog topic', async () => {
    const [left, right] = [await scope().createChangelog(3), await scope().createChangelog(2)];
    const probe = await scope().join([left, right]);
    await scope().settled([probe], [...tasksOfTopic(left, 3), ...tasksOfTopic(right, 2)]);
    expect(probe.fatal).toEqual([]);
  });

  inTime('shares each topic evenly between two members, in a later generation', async () => {
    const [left, right] = [await scope().createChangelog(6), await scope().createChangelog(3)];
    const all = [...tasksOfTopic(left, 6), ...tasksOfTopic(right, 3)];
    const first = await scope().join([left, right]);
    await scope().settled([first], all);
    const alone = lastGeneration(first);
    const second = await scope().join([left, right]);
    await scope().settled([first, second], all);
    expect(lastGeneration(first)).toBeGreaterThan(alone);
    expect(countsPerMember([first, second], left)).toEqual([3, 3]);
    expect(countsPerMember([first, second], right)).toEqual([1, 2]);
  });

  inTime('keeps the generations of a member rising', async () => {
    const topic = await scope().createChangelog(2);
    const first = await scope().join([topic]);
    await scope().settled([first], tasksOfTopic(topic, 2));
    const second = await scope().join([topic]);
    await scope().settled([first, second], tasksOfTopic(topic, 2));
    await second.member.leave();
    await scope().settled([first], tasksOfTopic(topic, 2));
    const generations = first.assignments.map(({ generation }) => generation);
    expect(generations.every((generation, i) => i === 0 || generation > generations[i - 1]!)).toBe(true);
    expect(generations.length).toBeGreaterThanOrEqual(3);
  });

  inTime('tells a member that gets nothing, too', async () => {
    const topic = await scope().createChangelog(1);
    const probes = [await scope().join([topic]), await scope().join([topic])];
    await scope().settled(probes, tasksOfTopic(topic, 1));
    expect(countsPerMember(probes, topic)).toEqual([0, 1]);
  });

  inTime('keeps groups apart', async () => {
    const topic = await scope().createChangelog(2);
    const here = await scope().join([topic]);
    const there = await scope().join([topic], uniqueName('group'));
    await scope().settled([here], tasksOfTopic(topic, 2));
    await scope().settled([there], tasksOfTopic(topic, 2));
  });
}

function describeLeaving(scope: () => MembershipScope, timeoutMs: number): void {
  const inTime = (name: string, test: () => Promise<void>) => it(name, test, timeoutMs);

  inTime('hands the tasks over to the members that stay', async () => {
    const topic = await scope().createChangelog(4);
    const [first, second] = [await scope().join([topic]), await scope().join([topic])];
    await scope().settled([first, second], tasksOfTopic(topic, 4));
    await first.member.leave();
    await scope().settled([second], tasksOfTopic(topic, 4));
  });

  inTime('may be called again, and says nothing to the member that left', async () => {
    const topic = await scope().createChangelog(2);
    const [first, second] = [await scope().join([topic]), await scope().join([topic])];
    await scope().settled([first, second], tasksOfTopic(topic, 2));
    await first.member.leave();
    const told = first.assignments.length;
    await first.member.leave();
    await scope().settled([second], tasksOfTopic(topic, 2));
    expect(first.assignments.length).toBe(told);
    expect([...first.fatal, ...second.fatal]).toEqual([]);
  });
}

function describeConfirming(scope: () => MembershipScope, timeoutMs: number): void {
  const inTime = (name: string, test: () => Promise<void>) => it(name, test, timeoutMs);

  inTime('confirms with the assignment of the current generation', async () => {
    const topic = await scope().createChangelog(3);
    const probe = await scope().join([topic]);
    await scope().settled([probe], tasksOfTopic(topic, 3));
    const confirmed = await probe.member.confirmMembership(scope().harness.deadlineMs);
    expect(confirmed.generation).toBe(lastGeneration(probe));
    expect(tasksOf(confirmed).sort()).toEqual(tasksOfTopic(topic, 3));
  });

  inTime('confirms the newer generation after a rebalance', async () => {
    const topic = await scope().createChangelog(2);
    const first = await scope().join([topic]);
    await scope().settled([first], tasksOfTopic(topic, 2));
    const second = await scope().join([topic]);
    await scope().settled([first, second], tasksOfTopic(topic, 2));
    for (const probe of [first, second]) {
      const confirmed = await probe.member.confirmMembership(scope().harness.deadlineMs);
      expect(confirmed).toEqual(probe.assignments.at(-1));
    }
  });

  inTime('answers several calls at once', async () => {
    const topic = await scope().createChangelog(1);
    const probe = await scope().join([topic]);
    const calls = [1, 2, 3].map(() => probe.member.confirmMembership(scope().harness.deadlineMs));
    for (const confirmed of await Promise.all(calls)) expect(tasksOf(confirmed)).toEqual(tasksOfTopic(topic, 1));
  });

  inTime('gives up at the deadline when the member is not in the group', async () => {
    const topic = await scope().createChangelog(1);
    const { member } = await scope().join([topic]);
    await member.leave();
    await expectRejection(member.confirmMembership(SHORT_DEADLINE_MS), 'TM_MEMBERSHIP_LOST');
  });

  inTime('commits offsets without a throw, also after it has left', async () => {
    const topic = await scope().createChangelog(1);
    const probe = await scope().join([topic]);
    await scope().settled([probe], tasksOfTopic(topic, 1));
    const offsets = [{ topic, partition: 0, offset: 5 }];
    await expect(probe.member.commitOffsets(offsets)).resolves.toBeUndefined();
    await probe.member.leave();
    await expect(waitForSettled(probe.member.commitOffsets(offsets), scope())).resolves.toBe('resolved');
  });
}

/** A promise that neither resolves nor rejects fails the test by its deadline. */
async function waitForSettled(promise: Promise<void>, { harness }: MembershipScope): Promise<string> {
  let outcome: string | undefined;
  promise.then(
    () => (outcome = 'resolved'),
    () => (outcome = 'rejected'),
  );
  return waitFor(() => outcome, harness.deadlineMs, 'an outcome');
}

function lastGeneration({ assignments }: MemberProbe): number {
  return assignments.at(-1)!.generation;
}

function countsPerMember(probes: readonly MemberProbe[], topic: string): number[] {
  const ofTopic = ({ assignments }: MemberProbe) =>
    assignments.at(-1)!.tasks.filter(({ changelogTopic }) => changelogTopic === topic);
  return probes.map((probe) => ofTopic(probe).length).sort();
}
