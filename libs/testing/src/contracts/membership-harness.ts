import type { Membership, TopicAdmin } from '@tidemark/stream';

/** What the membership suite needs of an implementation. */
export interface MembershipHarness {
  /** A membership as another process would have it. */
  membership(): Membership;
  /** Creates the changelog topics. */
  readonly admin: TopicAdmin;
  /** Given to every member; as short as the group allows (6,000 with a broker as it comes). */
  readonly sessionTimeoutMs: number;
  /** How long a rebalance may take: 1,000 in memory, some 20,000 against a server. */
  readonly deadlineMs: number;
  /** Called once after the suite; closes the admin as well. */
  close(): Promise<void>;
}
