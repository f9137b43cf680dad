/** A member as the group's leader sees it. */
export interface GroupMember {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** What it owned last, and as of which generation of the group. */
  readonly owned: Readonly<Record<string, readonly number[]>>;
  readonly generation: number;
}

/** Partitions by topic, for each member. */
export type TaskShares = ReadonlyMap<string, Readonly<Record<string, number[]>>>;

/** Who owned a partition last; where two claim it, the one with the newer generation knows better. */
function lastOwners(topic: string, members: readonly GroupMember[]): Map<number, GroupMember> {
  const owners = new Map<number, GroupMember>();
  for (const member of members) {
    for (const partition of member.owned[topic] ?? []) {
      const other = owners.get(partition);
      if (other === undefined || member.generation > other.generation) owners.set(partition, member);
    }
  }
  return owners;
}

/**
 * How many partitions of a topic each member gets: an equal share, so that each has tasks of every stage where there
 * are enough. The remainder goes to those with the fewest tasks so far, then to those who own more of it already.
 */
function quotas(
  count: number,
  members: readonly GroupMember[],
  totals: ReadonlyMap<string, number>,
  owned: ReadonlyMap<string, number>,
): Map<string, number> {
  const total = (id: string) => totals.get(id) ?? 0;
  const claim = (id: string) => owned.get(id) ?? 0;
  const order = members
    .map(({ memberId }) => memberId)
    .sort((a, b) => total(a) - total(b) || claim(b) - claim(a) || (a < b ? -1 : 1));
  const base = Math.floor(count / members.length);
  const remainder = count % members.length;
  return new Map(order.map((memberId, rank) => [memberId, rank < remainder ? base + 1 : base]));
}

function countOwned(owners: ReadonlyMap<number, GroupMember>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { memberId } of owners.values()) counts.set(memberId, (counts.get(memberId) ?? 0) + 1);
  return counts;
}

/** Shares out one topic: owners keep theirs up to their quota, what is left goes to whoever has room. */
function shareTopic(
  topic: string,
  partitions: readonly number[],
  members: readonly GroupMember[],
  totals: ReadonlyMap<string, number>,
): Map<string, number[]> {
  const owners = lastOwners(topic, members);
  const room = quotas(partitions.length, members, totals, countOwned(owners));
  const shares = new Map<string, number[]>([...room.keys()].map((memberId) => [memberId, []]));
  const give = (memberId: string, partition: number): boolean => {
    const share = shares.get(memberId);
    if (share === undefined || share.length >= (room.get(memberId) ?? 0)) return false;
    return share.push(partition) > 0;
  };
  const left = partitions.filter((partition) => !give(owners.get(partition)?.memberId ?? '', partition));
  for (const partition of left) [...shares.keys()].some((memberId) => give(memberId, partition));
  return shares;
}

/**
 * Balances tasks topic by topic over the members that subscribe to it. Owners keep what they have as far as the
 * balance allows: a task that stays keeps its state. Deterministic.
 */
export function balanceTasks(
  partitions: ReadonlyMap<string, readonly number[]>,
  members: readonly GroupMember[],
): TaskShares {
  const sorted = members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const result = new Map<string, Record<string, number[]>>(sorted.map(({ memberId }) => [memberId, {}]));
  const totals = new Map<string, number>();
  for (const topic of [...partitions.keys()].sort()) {
    const subscribed = sorted.filter(({ topics }) => topics.includes(topic));
    if (subscribed.length === 0) continue;
    for (const [memberId, share] of shareTopic(topic, partitions.get(topic) ?? [], subscribed, totals)) {
      totals.set(memberId, (totals.get(memberId) ?? 0) + share.length);
      const ofMember = result.get(memberId);
      if (ofMember !== undefined && share.length > 0) ofMember[topic] = share.sort((a, b) => a - b);
    }
  }
  return result;
}
