import { TidemarkError } from '@tidemark/schemas';
import type { Assignment, Member, Membership, MembershipOptions } from '../ports/membership.ts';
import { shareTasks } from './group-assignment.ts';
import { requireTopic } from './topic-store.ts';
import type { TopicStore } from './topic-store.ts';

interface GroupMember {
  readonly options: MembershipOptions;
  readonly changelogTopics: readonly string[];
  assignment: Assignment;
  /** `expelled`: out of the group, and it does not know it yet. */
  status: 'in' | 'expelled' | 'left';
  /** Calls that wait for the membership to be confirmed. */
  readonly waiting: Set<(assignment: Assignment) => void>;
}

interface Group {
  generation: number;
  readonly members: GroupMember[];
  readonly offsets: Map<string, number>;
}

/** Groups of the in-memory log. Every rebalance is eager and reaches all members, as KafkaJS' does. */
export class MemoryMembership implements Membership {
  readonly #store: TopicStore;
  readonly #groups = new Map<string, Group>();

  constructor(store: TopicStore) {
    this.#store = store;
  }

  async join(options: MembershipOptions): Promise<Member> {
    options.changelogTopics.forEach((topic) => requireTopic(this.#store, topic));
    const group = this.#group(options.groupId);
    const member: GroupMember = {
      options,
      changelogTopics: options.changelogTopics,
      assignment: { generation: 0, tasks: [] },
      status: 'in',
      waiting: new Set(),
    };
    group.members.push(member);
    this.#rebalance(group);
    return {
      confirmMembership: (deadlineMs) => this.#confirm(member, deadlineMs),
      commitOffsets: async (offsets) => {
        for (const { topic, partition, offset } of offsets) group.offsets.set(`${topic}-${partition}`, offset);
      },
      leave: async () => this.#remove(group, member, 'left'),
    };
  }

  /** Members that the group knows now. */
  memberCount(groupId: string): number {
    return this.#groups.get(groupId)?.members.filter(({ status }) => status === 'in').length ?? 0;
  }

  /** The group without its offsets, as if it had never been. */
  forget(groupId: string): void {
    this.#groups.delete(groupId);
  }

  /** For tests: the group drops the member as after a session time-out; the member itself hears nothing of it. */
  expel(groupId: string, clientId: string): void {
    const group = this.#group(groupId);
    this.#remove(group, this.#member(group, clientId, 'in'), 'expelled');
  }

  /** For tests: an expelled member has noticed and joins again. */
  rejoin(groupId: string, clientId: string): void {
    const group = this.#group(groupId);
    const member = this.#member(group, clientId, 'expelled');
    member.status = 'in';
    this.#rebalance(group);
  }

  /** For tests: the member's client crashes for good. */
  crash(groupId: string, clientId: string, error: Error): void {
    const group = this.#group(groupId);
    const member = this.#member(group, clientId, 'in');
    this.#remove(group, member, 'left');
    member.options.onFatal(error);
  }

  /** For tests: the group's committed offset of an input partition. */
  committedOffset(groupId: string, topic: string, partition: number): number | undefined {
    return this.#group(groupId).offsets.get(`${topic}-${partition}`);
  }

  #group(groupId: string): Group {
    const group = this.#groups.get(groupId) ?? { generation: 0, members: [], offsets: new Map() };
    this.#groups.set(groupId, group);
    return group;
  }

  #member(group: Group, clientId: string, status: GroupMember['status']): GroupMember {
    const found = group.members.find((member) => member.options.clientId === clientId && member.status === status);
    if (!found) throw new TidemarkError('TM_CONFIG_INVALID', `no member ${clientId} that is ${status}`);
    return found;
  }

  #remove(group: Group, member: GroupMember, status: 'expelled' | 'left'): void {
    if (member.status === 'left') return;
    const wasIn = member.status === 'in';
    member.status = status;
    if (wasIn) this.#rebalance(group);
  }

  #rebalance(group: Group): void {
    const generation = ++group.generation;
    const members = group.members.filter((member) => member.status === 'in');
    const shares = shareTasks(members, (topic) => requireTopic(this.#store, topic).partitions.length);
    for (const [member, tasks] of shares) {
      member.assignment = { generation, tasks };
      queueMicrotask(() => announce(member, generation));
    }
  }

  #confirm(member: GroupMember, deadlineMs: number): Promise<Assignment> {
    return new Promise((resolve, reject) => {
      const cancel = this.#store.clock.schedule(deadlineMs, () => {
        member.waiting.delete(confirmed);
        reject(membershipLost(member, deadlineMs));
      });
      const confirmed = (assignment: Assignment) => {
        cancel();
        resolve(assignment);
      };
      member.waiting.add(confirmed);
      queueMicrotask(() => heartbeat(member));
    });
  }
}

function announce(member: GroupMember, generation: number): void {
  // A later rebalance has made this one void before the member heard of it.
  if (member.status !== 'in' || member.assignment.generation !== generation) return;
  member.options.onAssignment(member.assignment);
  heartbeat(member);
}

function heartbeat(member: GroupMember): void {
  if (member.status !== 'in') return;
  for (const confirmed of member.waiting) confirmed(member.assignment);
  member.waiting.clear();
}

function membershipLost({ options }: GroupMember, deadlineMs: number): TidemarkError {
  return new TidemarkError(
    'TM_MEMBERSHIP_LOST',
    `group ${options.groupId} did not confirm ${options.clientId} within ${deadlineMs} ms`,
    { fields: { groupId: options.groupId, clientId: options.clientId } },
  );
}
