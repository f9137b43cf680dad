import { TidemarkError } from '@tidemark/schemas';
import type { Assignment, Member, MembershipOptions, OwnedTask } from '@tidemark/stream';
import type { Network } from './calls.ts';
import type { SimProcess } from './sim-process.ts';

/** Members hear from the group, and the group from them, at most so far apart. */
const HEARTBEAT_MS = 3_000;

/** An offset that the group keeps of an input partition. */
export type GroupOffset = Parameters<Member['commitOffsets']>[0][number];

/** How often a rebalance looks whether all have joined. */
const JOIN_POLL_MS = 100;

interface GroupMember {
  readonly process: SimProcess;
  readonly options: MembershipOptions;
  status: 'in' | 'out' | 'left';
  /** What the group has decided last, and what of it the member has heard. */
  decided: Assignment;
  heard: Assignment | undefined;
  /** When the group told the member that its assignment holds, and which one, oldest first. */
  readonly confirmed: { readonly atMs: number; readonly assignment: Assignment }[];
  readonly waiting: Set<(assignment: Assignment) => void>;
}

/**
 * A consumer group. A rebalance takes time, members hear of it one after the other (so that two may take themselves for
 * the owner of a task at once), and whoever is silent for the session time-out is out without knowing it.
 */
export class SimGroup {
  readonly #network: Network;
  readonly #partitionCount: (topic: string) => number;
  readonly #onOffset: (kept: GroupOffset) => void;
  readonly #offsets = new Map<string, number>();
  readonly #members: GroupMember[] = [];
  #generation = 0;
  #isRebalancing = false;

  /** @param onOffset told of each offset as the group takes it */
  constructor(
    network: Network,
    partitionCount: (topic: string) => number,
    onOffset: (kept: GroupOffset) => void = () => {},
  ) {
    this.#network = network;
    this.#partitionCount = partitionCount;
    this.#onOffset = onOffset;
  }

  /** The offset that was committed to the group last; undefined when none was. */
  offsetOf(topic: string, partition: number): number | undefined {
    return this.#offsets.get(`${topic}/${partition}`);
  }

  async join(process: SimProcess, options: MembershipOptions): Promise<Member> {
    const nothing = { generation: 0, tasks: [] };
    const member: GroupMember = {
      process,
      options,
      status: 'in',
      decided: nothing,
      heard: undefined,
      confirmed: [],
      waiting: new Set(),
    };
    this.#members.push(member);
    this.rebalance();
    return {
      confirmMembership: (deadlineMs) => this.#confirm(member, deadlineMs),
      commitOffsets: async (offsets) => this.#keep(member, offsets),
      leave: async () => {
        member.status = 'left';
        this.rebalance();
      },
    };
  }

  /** To be told when a process falls silent; a dead one stays so. */
  silenced(process: SimProcess): void {
    for (const member of this.#of(process)) {
      this.#network.time.schedule(member.options.sessionTimeoutMs, () => {
        if (member.status !== 'in' || !(process.isDead || process.isFrozen)) return;
        member.status = 'out';
        this.rebalance();
      });
    }
  }

  /** To be told when a frozen process goes on: its next heartbeat tells it whether it is still in. */
  resumed(process: SimProcess): void {
    for (const member of this.#of(process)) {
      this.#atHeartbeat(member, () => {
        if (member.status !== 'out') return;
        member.status = 'in';
        this.rebalance();
      });
    }
  }

  /** Shares all tasks out anew. */
  rebalance(): void {
    if (this.#isRebalancing) return;
    this.#isRebalancing = true;
    this.#network.time.schedule(this.#network.chance.between(10, 1_000), () => this.#shareOnceAllHaveJoined());
  }

  /** Every member has to join anew: who is silent is waited for, until it speaks again or its session has expired. */
  #shareOnceAllHaveJoined(): void {
    const isAwaited = this.#members.some(
      ({ status, process }) => status === 'in' && (process.isDead || process.isFrozen),
    );
    if (isAwaited) return void this.#network.time.schedule(JOIN_POLL_MS, () => this.#shareOnceAllHaveJoined());
    this.#isRebalancing = false;
    this.#share();
  }

  /** Whether the group has told this process since then (epoch ms) that the task of this transactional id is its own. */
  hasConfirmed(process: SimProcess, transactionalId: string, sinceMs: number): boolean {
    const isTask = ({ changelogTopic, partition }: OwnedTask) =>
      changelogTopic.replace(/changelog$/, String(partition)) === transactionalId;
    return this.#members.some((member) => {
      if (member.process !== process) return false;
      return member.confirmed.some(({ atMs, assignment }) => atMs >= sinceMs && assignment.tasks.some(isTask));
    });
  }

  #share(): void {
    const { time, chance, note } = this.#network;
    const generation = (this.#generation += 1);
    const members = this.#members.filter(({ status }) => status === 'in');
    const shares = new Map<GroupMember, OwnedTask[]>(members.map((member) => [member, []]));
    const topics = [...new Set(members.flatMap(({ options }) => options.changelogTopics))];
    for (const changelogTopic of topics) {
      const shift = chance.below(members.length);
      for (let partition = 0; partition < this.#partitionCount(changelogTopic); partition += 1) {
        shares.get(members[(partition + shift) % members.length]!)!.push({ changelogTopic, partition });
      }
    }
    note(
      `group ${members[0]?.options.groupId} generation ${generation}: ${members.map(({ process }) => process.name)}`,
    );
    for (const [member, tasks] of shares) {
      member.decided = { generation, tasks };
      time.schedule(chance.between(1, chance.one([20, 500, HEARTBEAT_MS])), () =>
        member.process.receive(() => this.#hear(member, generation)),
      );
    }
  }

  #hear(member: GroupMember, generation: number): void {
    // A later rebalance has made this one void before the member heard of it.
    if (member.status !== 'in' || member.decided.generation !== generation) return;
    member.heard = member.decided;
    this.#confirmed(member, member.decided);
    member.options.onAssignment(member.decided);
    this.#confirmWaiting(member);
  }

  #confirm(member: GroupMember, deadlineMs: number): Promise<Assignment> {
    return new Promise((resolve, reject) => {
      const cancel = member.process.clock.schedule(deadlineMs, () => {
        member.waiting.delete(confirmed);
        reject(new TidemarkError('TM_MEMBERSHIP_LOST', `${member.process.name}: not confirmed in ${deadlineMs} ms`));
      });
      const confirmed = (assignment: Assignment) => {
        cancel();
        resolve(assignment);
      };
      member.waiting.add(confirmed);
      this.#atHeartbeat(member, () => this.#confirmWaiting(member));
    });
  }

  /** A heartbeat succeeds only for who has heard of the current generation. */
  #confirmWaiting(member: GroupMember): void {
    const { heard, status, waiting } = member;
    if (status !== 'in' || heard === undefined || heard.generation !== this.#generation || this.#isRebalancing) return;
    this.#confirmed(member, heard);
    const all = [...waiting];
    waiting.clear();
    for (const confirmed of all) confirmed(heard);
  }

  /**
   * Taken as they come, with no time of their own: nothing waits for them. Refused, of which the member hears nothing, from
   * who is not in the group any more or has not heard of its current generation; kept when all have left.
   */
  #keep({ heard, status }: GroupMember, offsets: readonly GroupOffset[]): void {
    if (status !== 'in' || heard?.generation !== this.#generation) return;
    for (const kept of offsets) {
      this.#offsets.set(`${kept.topic}/${kept.partition}`, kept.offset);
      this.#onOffset(kept);
    }
  }

  #confirmed({ confirmed }: GroupMember, assignment: Assignment): void {
    confirmed.push({ atMs: this.#network.time.now(), assignment });
  }

  #atHeartbeat({ process }: GroupMember, fn: () => void): void {
    const { time, chance } = this.#network;
    time.schedule(chance.between(1, HEARTBEAT_MS), () => process.receive(fn));
  }

  #of(process: SimProcess): GroupMember[] {
    return this.#members.filter((member) => member.process === process && member.status !== 'left');
  }
}
