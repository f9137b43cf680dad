import type { Consumer } from 'kafkajs';
import type { Assignment, MembershipOptions } from '@tidemark/stream';
import type { Confirmation } from './confirmation.ts';
import type { SendHeartbeat } from './own-heartbeat.ts';
import { mayPass } from './may-pass.ts';
import type { Ownership } from './task-assigner.ts';

const HEARTBEAT = 'Heartbeat';

/** Shared with the consumer's settings: once it is over, a crash is not followed by a restart. */
export interface MemberLife {
  isOver: boolean;
}

/** What follows from the consumer's events, until the group is left. */
export interface GroupWatch {
  leave(): void;
  confirm(deadlineMs: number): Promise<Assignment>;
}

/** What our patch adds to KafkaJS' event of a join. */
interface WithGeneration {
  readonly generationId: number;
}

function toAssignment(generation: number, memberAssignment: Record<string, number[]>): Assignment {
  const tasks = Object.entries(memberAssignment).flatMap(([changelogTopic, partitions]) =>
    partitions.toSorted((a, b) => a - b).map((partition) => ({ changelogTopic, partition })),
  );
  return { generation, tasks };
}

/**
 * Turns the consumer's events into assignments and confirmations.
 * @param joinAgain called when the client gave up the group for a reason that may pass
 */
export function watchGroup(
  consumer: Consumer,
  options: MembershipOptions & { readonly sendHeartbeat: SendHeartbeat },
  ownership: Ownership,
  life: MemberLife,
  confirmation: Confirmation,
  joinAgain: () => void,
): GroupWatch {
  let current: Assignment = { generation: 0, tasks: [] };
  let memberId = '';
  let heartbeatSentAtMs = 0;
  let ownHeartbeats = 0;

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    if (life.isOver) return;
    consumer.pause(options.changelogTopics.map((topic) => ({ topic })));
    const { generationId } = payload as typeof payload & WithGeneration;
    memberId = payload.memberId;
    ownership.owned = payload.memberAssignment;
    ownership.generation = generationId;
    current = toAssignment(generationId, payload.memberAssignment);
    options.onAssignment(current);
  });
  consumer.on(consumer.events.REQUEST, ({ payload }) => {
    // Of two that are under way it cannot be told which was answered: the loop's next one counts again.
    if (payload.apiName === HEARTBEAT && ownHeartbeats === 0) heartbeatSentAtMs = payload.sentAt;
  });
  // Comes after the REQUEST event of the same heartbeat, and only when the group accepted it.
  consumer.on(consumer.events.HEARTBEAT, ({ payload }) => {
    if (payload.groupGenerationId === current.generation) confirmation.accepted(heartbeatSentAtMs, current);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (life.isOver || payload.restart) return;
    if (mayPass(payload.error)) return joinAgain();
    life.isOver = true;
    confirmation.reject('the client crashed');
    options.onFatal(payload.error);
  });

  /** Never throws: when the group does not accept it, one of the loop's next heartbeats tells what is right. */
  async function askAtOnce(): Promise<void> {
    const asked = current;
    const sentAtMs = Date.now();
    ownHeartbeats += 1;
    try {
      const { groupId, sendHeartbeat } = options;
      await sendHeartbeat({ groupId, memberId, groupGenerationId: asked.generation });
      if (asked === current) confirmation.accepted(sentAtMs, asked);
    } catch {
      // A rebalance is under way, or the coordinator is away.
    } finally {
      ownHeartbeats -= 1;
    }
  }

  return {
    confirm(deadlineMs) {
      const confirmed = confirmation.wait(deadlineMs);
      void askAtOnce();
      return confirmed;
    },
    leave() {
      life.isOver = true;
      confirmation.reject('this member left the group');
    },
  };
}
