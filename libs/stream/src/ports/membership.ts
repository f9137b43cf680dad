/**
 * Group membership, apart from reading: who owns which task. Every stage has a changelog topic with one partition per
 * task, so "the partitions of the changelog topics" *are* the tasks and any group protocol can share them out.
 */

/** A task by the topic and partition of its changelog. */
export interface OwnedTask {
  readonly changelogTopic: string;
  readonly partition: number;
}

/** What this member owns as of one generation of the group. */
export interface Assignment {
  /** Rises with each rebalance; 0 where there is no group. */
  readonly generation: number;
  readonly tasks: readonly OwnedTask[];
}

export interface MembershipOptions {
  readonly groupId: string;
  readonly clientId: string;
  /** The changelog topics of all stages of this worker; all exist. */
  readonly changelogTopics: readonly string[];
  readonly sessionTimeoutMs: number;
  /** Called after each rebalance, also when nothing changed for this member. Must not throw. */
  readonly onAssignment: (assignment: Assignment) => void;
  /** The membership cannot go on (a crash of the client that does not restart itself): the process should end. */
  readonly onFatal: (error: Error) => void;
}

export interface Member {
  /** Resolves once a heartbeat of the current generation succeeded *after* this call; rejects after `deadlineMs`. */
  confirmMembership(deadlineMs: number): Promise<Assignment>;
  /** Best effort, for lag tools only: group offsets of input partitions. Never throws. */
  commitOffsets(offsets: readonly { topic: string; partition: number; offset: number }[]): Promise<void>;
  /** Leaves the group, so that others take over without waiting for the session time-out. */
  leave(): Promise<void>;
}

export interface Membership {
  join(options: MembershipOptions): Promise<Member>;
}
