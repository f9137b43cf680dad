import { partialsTopic, topics } from '@tidemark/schemas';
import {
  encodeFrontierEntry,
  type Ends,
  type OutputBuffer,
  type OutputRecord,
  partitionForKey,
  type Position,
  type TaskTurn,
  type TopicPartition,
  type TransactionalProducer,
  wordOf,
  type WrittenEnds,
} from '@tidemark/stream';
import type { TaskPorts } from '../ports.ts';
import { emitRows, positionRecord } from './changelog.ts';
import type { TaskPlan } from './task-plan.ts';

/** What a commit made permanent. */
export interface CommittedTurn {
  readonly position: Position;
  /** Changelog offset after the commit's position record. */
  readonly changelogOffset: number;
  readonly sendMs: number;
  readonly commitMs: number;
}

/**
 * Makes a turn permanent. The commit cycle, for a batch that starts exactly at the task's position:
 *
 * 1. Run the topology in memory (`StageLogic.turn`): outputs, changed rows, new position. Nothing is visible yet.
 * 2. Begin a Kafka transaction. Send outputs and changed rows, then the position and, last, the frontier, which may
 *    only be believed by who has read the outputs. Commit. This is the one decision point.
 * 3. Fold the changed rows into memory (`Task`).
 * 4. Later, off this path: bring Redis up to date (`CheckpointWriter`).
 *
 * This function is step 2. Whatever it throws, the outcome is unknown: drop producer and overlay, take over again.
 */
export async function commitTurn(
  plan: TaskPlan,
  { clock, at }: TaskPorts,
  producer: TransactionalProducer,
  turn: TaskTurn,
  outputs: OutputBuffer,
  frontierPartitions: number,
): Promise<CommittedTurn> {
  const startMs = clock.now();
  const announced = markPartitions(plan, turn, frontierPartitions);
  const transaction = await at('commit.2.begin', () => producer.begin(announced));
  // The position tells where outputs end, which only the answer says. Rows alone go in one request with the position.
  const hasOutputs = outputs.countByTopic.size > 0;
  emitRows(plan, plan.rowCodec, turn.rows, (record) => outputs.add(record));
  const written = hasOutputs ? await at('commit.2.send-outputs', () => transaction.send(outputs)) : NOTHING_WRITTEN;
  const position: Position = { ...turn.position, ends: addEnds(plan, turn.position.ends, written) };
  const marks = hasOutputs ? producer.newBuffer() : outputs;
  marks.add(positionRecord(plan, position));
  if (turn.announcesFrontier) marks.add(frontierRecord(plan, position, frontierPartitions));
  const markEnds = await at('commit.2.send-marks', () => transaction.send(marks));
  const sentMs = clock.now();
  await at('commit.2.commit', () => transaction.commit());
  return {
    position,
    changelogOffset: markEnds.get(plan.changelogTopic)!.get(plan.partition)!,
    sendMs: sentMs - startMs,
    commitMs: clock.now() - sentMs,
  };
}

const NOTHING_WRITTEN: WrittenEnds = new Map();

/** Ends of all that is not the task's own: what others read by frontiers, and what a savepoint has to tell apart. */
function addEnds({ changelogTopic }: TaskPlan, ends: Ends, written: WrittenEnds): Ends {
  const next: Record<string, Readonly<Record<string, number>>> = { ...ends };
  for (const [topic, partitions] of written) {
    if (topic === changelogTopic) continue;
    next[topic] = { ...next[topic], ...Object.fromEntries(partitions) };
  }
  return next;
}

function frontierPartition(plan: TaskPlan, partitions: number): TopicPartition {
  return { topic: topics.frontiers.topic, partition: partitionForKey(plan.id, partitions) };
}

/** Where position and frontier go. Announced when the transaction begins, they cost no request of their own. */
function markPartitions(plan: TaskPlan, { announcesFrontier }: TaskTurn, partitions: number): TopicPartition[] {
  const position = { topic: plan.changelogTopic, partition: plan.partition };
  return announcesFrontier ? [position, frontierPartition(plan, partitions)] : [position];
}

function frontierRecord(plan: TaskPlan, position: Position, partitions: number): OutputRecord {
  // In partials topics event time travels in-band: nobody asks a frontier for their ends.
  const { [partialsTopic(plan.application, plan.stage.name)]: _, ...ends } = position.ends;
  const value = encodeFrontierEntry({ ...wordOf(position), ends });
  return { ...frontierPartition(plan, partitions), key: plan.id, value };
}
