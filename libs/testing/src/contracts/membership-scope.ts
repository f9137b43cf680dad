import type { Assignment, Member, OwnedTask } from '@tidemark/stream';
import { uniqueName } from '../unique-name.ts';
import { waitFor } from '../wait-for.ts';
import type { MembershipHarness } from './membership-harness.ts';

/** A member with all that it was told. */
export interface MemberProbe {
  readonly member: Member;
  readonly assignments: readonly Assignment[];
  readonly fatal: readonly Error[];
}

/** One group of its own per test; its members leave after the test. */
export class MembershipScope {
  readonly harness: MembershipHarness;
  readonly groupId = uniqueName('group');
  readonly #members: Member[] = [];

  constructor(harness: MembershipHarness) {
    this.harness = harness;
  }

  async createChangelog(partitions: number): Promise<string> {
    const topic = uniqueName('changelog');
    const { admin, deadlineMs } = this.harness;
    await admin.createTopics([{ topic, partitions, config: { 'cleanup.policy': 'compact' } }]);
    const isThere = async () => (await admin.partitionCounts([topic])).get(topic) === partitions;
    await waitFor(isThere, deadlineMs, `topic ${topic}`);
    return topic;
  }

  async join(changelogTopics: readonly string[], groupId = this.groupId): Promise<MemberProbe> {
    const assignments: Assignment[] = [];
    const fatal: Error[] = [];
    const member = await this.harness.membership().join({
      groupId,
      clientId: uniqueName('member'),
      changelogTopics,
      sessionTimeoutMs: this.harness.sessionTimeoutMs,
      onAssignment: (assignment) => void assignments.push(assignment),
      onFatal: (error) => void fatal.push(error),
    });
    this.#members.push(member);
    return { member, assignments, fatal };
  }

  /** Waits until the members share `tasks` between them: each owned once, all as of one generation. */
  async settled(probes: readonly MemberProbe[], tasks: readonly string[]): Promise<void> {
    const expected = [...tasks].sort().join(' ');
    await waitFor(
      () => {
        const latest = probes.map(({ assignments }) => assignments.at(-1));
        const isOneGeneration = new Set(latest.map((assignment) => assignment?.generation)).size === 1;
        return isOneGeneration && latest.flatMap(tasksOf).sort().join(' ') === expected;
      },
      this.harness.deadlineMs,
      () => `${expected}; told so far: ${JSON.stringify(probes.map(({ assignments }) => assignments))}`,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.leave()));
  }
}

/** `topic/partition` of each task of the assignment. */
export function tasksOf(assignment: Assignment | undefined): string[] {
  return (assignment?.tasks ?? []).map(taskName);
}

/** All tasks of a changelog topic, as `tasksOf` names them. */
export function tasksOfTopic(changelogTopic: string, partitions: number): string[] {
  return Array.from({ length: partitions }, (_, partition) => taskName({ changelogTopic, partition }));
}

function taskName({ changelogTopic, partition }: OwnedTask): string {
  return `${changelogTopic}/${partition}`;
}
