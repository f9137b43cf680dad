import type { Consumer } from 'kafkajs';
import { TidemarkError } from '@tidemark/schemas';
import type { Assignment, Member, Membership, MembershipOptions } from '@tidemark/stream';
import type { Closable } from '../client/connect.ts';
import { createClient } from '../client/connect.ts';
import type { ClientSettings } from '../client/options.ts';
import { protocolErrorType } from '../client/protocol-error.ts';
import type { GroupCluster } from '../kafkajs/internal-types.ts';
import { createConfirmation } from './confirmation.ts';
import { mayPass } from './may-pass.ts';
import { createOwnHeartbeat } from './own-heartbeat.ts';
import type { SendHeartbeat } from './own-heartbeat.ts';
import { watchGroup } from './watch-group.ts';
import type { MemberLife } from './watch-group.ts';
import { createTaskAssigner } from './task-assigner.ts';
import type { Ownership } from './task-assigner.ts';

/** A consumer that fetches nothing still turns in its loop, which costs little; a turn this long is also how long `leave` may take. */
const LOOP_TURN_MS = 25;

/** A tenth of the session time-out, from 300 ms to 3 s: a rebalance is noticed with the next heartbeat. */
export function heartbeatMs(sessionTimeoutMs: number): number {
  return Math.max(300, Math.min(3_000, Math.floor(sessionTimeoutMs / 10)));
}

function createConsumer(
  settings: ClientSettings,
  options: MembershipOptions,
  ownership: Ownership,
  life: MemberLife,
): Closable<Consumer> & { readonly sendHeartbeat: SendHeartbeat } {
  let cluster: GroupCluster | undefined;
  const { client, shut } = createClient({ ...settings, clientId: options.clientId });
  const consumer = client.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs,
    rebalanceTimeout: options.sessionTimeoutMs,
    heartbeatInterval: heartbeatMs(options.sessionTimeoutMs),
    maxWaitTimeInMs: LOOP_TURN_MS,
    allowAutoTopicCreation: false,
    retry: { retries: 5, restartOnFailure: async () => !life.isOver },
    partitionAssigners: [createTaskAssigner(ownership, (own) => (cluster = own))],
  });
  return { client: consumer, shut, sendHeartbeat: createOwnHeartbeat(() => cluster) };
}

function joinFailed(error: unknown, { groupId, changelogTopics }: MembershipOptions): TidemarkError {
  const reason = error instanceof Error ? error.message : String(error);
  const unknownTopic = protocolErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
  const text = unknownTopic
    ? `one of ${changelogTopics.join(', ')}; create the changelog topics before joining group ${groupId}`
    : `group ${groupId} could not be joined: ${reason}`;
  return new TidemarkError(unknownTopic ? 'TM_TOPIC_GONE' : 'TM_KAFKA_UNREACHABLE', text, {
    cause: error,
    fields: { groupId },
  });
}

/** Joins as a pure member: everything that the group assigns is paused, so that it never fetches. */
async function startConsumer(consumer: Consumer, options: MembershipOptions): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.changelogTopics] });
  await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
}

/** Between attempts to join again. */
const JOIN_AGAIN_MS = 1_000;

/**
 * Joins anew, in the background, as often as it takes. Whether a start fails by a throw or by a crash of the client, which
 * asks for the next attempt too, there is one attempt at a time.
 */
function joinAgain(
  consumer: Consumer,
  options: MembershipOptions,
  life: MemberLife,
  { logger }: ClientSettings,
): () => void {
  const attempt = async () => {
    if (life.isOver) return;
    try {
      await startConsumer(consumer, options);
    } catch (error) {
      if (!mayPass(error)) return options.onFatal(joinFailed(error, options));
      again();
    }
  };
  const again = () => {
    logger.warn({ groupId: options.groupId }, 'The group cannot be reached; joining it again');
    setTimeout(() => void attempt(), JOIN_AGAIN_MS);
  };
  return again;
}

function toMember(
  { client: consumer, shut }: Closable<Consumer>,
  settings: ClientSettings,
  group: { leave(): void; confirm(deadlineMs: number): Promise<Assignment> },
): Member {
  return {
    confirmMembership: (deadlineMs) => group.confirm(deadlineMs),
    async commitOffsets(offsets) {
      const entries = offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) }));
      await consumer.commitOffsets(entries).catch((error: unknown) => {
        settings.logger.debug({ error, offsets }, 'Group offsets were not committed; they are for lag tools only');
      });
    },
    async leave() {
      group.leave();
      await consumer.disconnect().catch((error: unknown) => {
        settings.logger.debug({ error }, 'The group was left without a goodbye; the session time-out settles it');
      });
      shut();
    },
  };
}

export function createMembership(settings: ClientSettings): Membership {
  return {
    async join(options) {
      const ownership: Ownership = { owned: {}, generation: -1 };
      const life: MemberLife = { isOver: false };
      const closable = createConsumer(settings, options, ownership, life);
      const consumer = closable.client;
      const again = joinAgain(consumer, options, life, settings);
      const confirmation = createConfirmation(options.groupId);
      const { sendHeartbeat } = closable;
      const group = watchGroup(consumer, { ...options, sendHeartbeat }, ownership, life, confirmation, again);
      try {
        await startConsumer(consumer, options);
      } catch (error) {
        group.leave();
        await consumer.disconnect().catch(() => undefined);
        closable.shut();
        throw joinFailed(error, options);
      }
      return toMember(closable, settings, group);
    },
  };
}
