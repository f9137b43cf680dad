import { AssignerProtocol } from 'kafkajs';
import type { PartitionAssigner } from 'kafkajs';
import type { GroupCluster } from '../kafkajs/internal-types.ts';
import { balanceTasks } from './balance-tasks.ts';
import type { GroupMember } from './balance-tasks.ts';

/** What this member owns and since which generation; it is sent along with each join. */
export interface Ownership {
  owned: Record<string, number[]>;
  generation: number;
}

const { MemberMetadata, MemberAssignment } = AssignerProtocol;
const VERSION = 1;
const NONE: Ownership = { owned: {}, generation: -1 };

/** What a member said of itself; one that says nothing we understand owned nothing. */
function readOwnership(userData: Buffer): Ownership {
  try {
    const { owned, generation } = JSON.parse(userData.toString('utf8')) as Partial<Ownership>;
    return { owned: owned ?? {}, generation: generation ?? -1 };
  } catch {
    return NONE;
  }
}

function readMember(memberId: string, metadata: Buffer): GroupMember {
  const decoded = MemberMetadata.decode(metadata);
  if (decoded === null) return { memberId, topics: [], ...NONE };
  return { memberId, topics: decoded.topics, ...readOwnership(decoded.userData) };
}

/**
 * The group's leader shares out the partitions of the changelog topics, which are the tasks.
 * @param onCluster gets what the consumer asks its group through
 */
export function createTaskAssigner(
  ownership: Ownership,
  onCluster: (cluster: GroupCluster) => void,
): PartitionAssigner {
  return ({ cluster }) => {
    onCluster(cluster as unknown as GroupCluster);
    return {
      name: 'tidemark-tasks',
      version: VERSION,
      protocol: ({ topics }) => ({
        name: 'tidemark-tasks',
        metadata: MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.from(JSON.stringify(ownership)) }),
      }),
      async assign({ members, topics }) {
        const partitions = new Map(
          topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).map((p) => p.partitionId)]),
        );
        for (const ids of partitions.values()) ids.sort((a, b) => a - b);
        const shares = balanceTasks(
          partitions,
          members.map(({ memberId, memberMetadata }) => readMember(memberId, memberMetadata)),
        );
        return [...shares].map(([memberId, assignment]) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData: Buffer.alloc(0) }),
        }));
      },
    };
  };
}
