import type { OwnedTask } from '../ports/membership.ts';

/** A member as far as sharing out concerns it. */
export interface Subscriber {
  readonly changelogTopics: readonly string[];
}

/**
 * Shares the partitions of each topic out among the members that name it, evenly per topic. The topics start at
 * different members, so that topics of one partition do not all land on the first.
 */
export function shareTasks<M extends Subscriber>(
  members: readonly M[],
  partitionCount: (topic: string) => number,
): Map<M, OwnedTask[]> {
  const shares = new Map<M, OwnedTask[]>(members.map((member) => [member, []]));
  const topics = [...new Set(members.flatMap((member) => member.changelogTopics))].sort();
  topics.forEach((changelogTopic, shift) => {
    const takers = members.filter((member) => member.changelogTopics.includes(changelogTopic));
    for (let partition = 0; partition < partitionCount(changelogTopic); partition++) {
      shares.get(takers[(partition + shift) % takers.length]!)!.push({ changelogTopic, partition });
    }
  });
  return shares;
}
