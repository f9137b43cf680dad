import { hasCode, TidemarkError } from '@tidemark/schemas';
import {
  type Checkpoint,
  initialPosition,
  type Position,
  type TopicSource,
  type TransactionalProducer,
} from '@tidemark/stream';
import type { KeyedState } from '@tidemark/window-state';
import { type RuntimeOptions, stuckAfterMs } from '../options.ts';
import type { TaskPorts } from '../ports.ts';
import { positionRecord } from './changelog.ts';
import { type ChangelogEnds, restore, type RestoredState } from './restore.ts';
import { inputTopics, type TaskPlan } from './task-plan.ts';
import { changelogLost, identifiedTopics, identityFault } from './topic-identity.ts';

/** A task that is ours: its producer has fenced all others, its state is the committed one. */
export interface OwnedState {
  readonly producer: TransactionalProducer;
  readonly rows: KeyedState;
  readonly position: Position;
  readonly restored: RestoredState;
}

/**
 * Takes a task over. On assignment, outside of any message handler, one at a time per task:
 *
 * 1. Open a producer with the task's fixed transactional id. That fences the old owner and settles what it left open.
 * 2. Take the changelog partition's high watermark, see that the topics are the ones that the state belongs to, and
 *    take the checkpoint, if it is of any use.
 * 3. Read the changelog by explicit offset until the read position reaches that high watermark.
 * 4. No position found: a new incarnation; commit its initial position before reading any input. Else the input must
 *    still hold the position: if not, stop, never skip silently.
 *
 * @param signal ends it while the changelog is read
 * @throws TidemarkError TM_CHANGELOG_LOST, TM_CHANGELOG_STUCK, TM_OFFSET_OUT_OF_RANGE, TM_TOPIC_GONE, TM_TOPIC_RECREATED,
 *   or what opening the producer throws
 */
export async function takeOver(
  plan: TaskPlan,
  ports: TaskPorts,
  options: RuntimeOptions,
  signal: AbortSignal,
): Promise<OwnedState> {
  // 1. Fence.
  const producer = await ports.at('take-over.1.open-producer', () => ports.producers.open(plan.transactionalId));
  try {
    // 2. Where the history ends now, and the copy that may spare us most of it.
    const ends = await changelogEnds(plan, ports);
    const ids = await ports.at('take-over.2.topic-ids', () => ports.admin.topicIds(identifiedTopics(plan)));
    const fault = identityFault(plan, ids);
    if (fault !== undefined) throw fault;
    const checkpoint = await usableCheckpoint(plan, ports, ends);
    // 3. Restore.
    const restored = await restore(plan, ports, ends, checkpoint, { stuckAfterMs: stuckAfterMs(options), signal });
    // 4. Begin, or go on.
    const position =
      restored.position === undefined
        ? await beginIncarnation(plan, ports, producer)
        : await withNewInputs(plan, ports, restored.position);
    return { producer, rows: restored.rows, position, restored };
  } catch (error) {
    await ports.at('take-over.failed.close-producer', () => producer.close());
    throw error;
  }
}

async function changelogEnds(plan: TaskPlan, ports: TaskPorts): Promise<ChangelogEnds> {
  const ends = (await allChangelogEnds(plan, ports))[plan.partition];
  if (ends === undefined) throw changelogLost(plan, `has no partition ${plan.partition}`);
  return ends;
}

async function allChangelogEnds(plan: TaskPlan, ports: TaskPorts): Promise<readonly ChangelogEnds[]> {
  try {
    return await ports.at('take-over.2.changelog-ends', () => ports.admin.logEnds(plan.changelogTopic));
  } catch (error) {
    throw hasCode(error, 'TM_TOPIC_GONE') ? changelogLost(plan, 'does not exist any more') : error;
  }
}

/** A checkpoint may be used if it is not ahead of the changelog and younger than tombstones are certain to live. */
async function usableCheckpoint(
  plan: TaskPlan,
  ports: TaskPorts,
  ends: ChangelogEnds,
): Promise<Checkpoint | undefined> {
  try {
    const checkpoint = await ports.at('take-over.2.load-checkpoint', () => ports.checkpoints.load(plan.id));
    if (checkpoint === undefined || checkpoint.meta.changelogOffset > ends.highWatermark) return undefined;
    const config = await ports.at('take-over.2.tombstone-age', () => ports.admin.topicConfig(plan.changelogTopic));
    const maxAgeMs = Number(config['delete.retention.ms'] ?? 0) / 2;
    return ports.clock.now() - checkpoint.meta.writtenAtMs <= maxAgeMs ? checkpoint : undefined;
  } catch (error) {
    ports.logger.warn({ task: plan.id, error: String(error) }, 'no checkpoint to be had; restoring from the changelog');
    return undefined;
  }
}

async function beginIncarnation(plan: TaskPlan, ports: TaskPorts, producer: TransactionalProducer): Promise<Position> {
  const inputs: Record<string, number> = {};
  for (const topic of inputTopics(plan)) inputs[topic] = await startingOffset(plan, ports, topic);
  const position = initialPosition(ports.newIncarnation(), inputs);
  const transaction = await ports.at('take-over.4.begin', () => producer.begin());
  await ports.at('take-over.4.send-position', () => transaction.send([positionRecord(plan, position)]));
  await ports.at('take-over.4.commit', () => transaction.commit());
  return position;
}

async function startingOffset(plan: TaskPlan, ports: TaskPorts, topic: string): Promise<number> {
  const { logStart, highWatermark } = await inputEnds(plan, ports, topic);
  const { source } = plan.stage;
  const wanted = source.kind !== 'topics' ? 'earliest' : wantedStart(source, topic, plan.partition);
  if (wanted === 'earliest') return logStart;
  if (wanted === 'latest') return highWatermark;
  if (wanted < logStart || wanted > highWatermark) throw outOfRange(plan, topic, wanted, logStart, highWatermark);
  return wanted;
}

function wantedStart(source: TopicSource, topic: string, partition: number): 'earliest' | 'latest' | number {
  const { startingOffsets } = source;
  if (typeof startingOffsets === 'string') return startingOffsets;
  const offset = startingOffsets[topic]?.[partition] ?? EARLIEST;
  if (offset === EARLIEST) return 'earliest';
  return offset === LATEST ? 'latest' : offset;
}

/** Spark's numbers for the two ends in a per-partition JSON. */
const EARLIEST = -2;
const LATEST = -1;

/** Checks that each input still holds the position; a topic that is new to this task starts at its earliest record. */
async function withNewInputs(plan: TaskPlan, ports: TaskPorts, position: Position): Promise<Position> {
  let inputs = position.inputs;
  for (const topic of inputTopics(plan)) {
    const { logStart, highWatermark } = await inputEnds(plan, ports, topic);
    const offset = inputs[topic];
    if (offset === undefined) inputs = { ...inputs, [topic]: logStart };
    else if (offset < logStart || offset > highWatermark) {
      throw outOfRange(plan, topic, offset, logStart, highWatermark);
    }
  }
  return { ...position, inputs };
}

async function inputEnds(plan: TaskPlan, ports: TaskPorts, topic: string): Promise<ChangelogEnds> {
  const ends = (await ports.at('take-over.4.input-ends', () => ports.admin.logEnds(topic)))[plan.partition];
  if (ends !== undefined) return ends;
  throw new TidemarkError('TM_TOPIC_GONE', `input ${topic} has no partition ${plan.partition} any more`);
}

function outOfRange(plan: TaskPlan, topic: string, offset: number, logStart: number, end: number): TidemarkError {
  return new TidemarkError(
    'TM_OFFSET_OUT_OF_RANGE',
    `${plan.id} stands at offset ${offset} of ${topic}/${plan.partition}, which holds ${logStart} to ${end}. Records were ` +
      `lost. To go on with what is there: stop all instances, then npm run operate -- reprocess ${plan.application} --from ` +
      'log-start, or start under a new application id (SOURCE_GROUP_ID)',
    { fields: { topic, partition: plan.partition, offset, logStart, end } },
  );
}
