import { TidemarkError } from '@tidemark/schemas';
import type { ClusterOperations } from '@tidemark/stream';
import type { LogPorts } from '../ports.ts';
import { cutStage } from '../savepoint/cut-stage.ts';
import type { SavepointTask } from '../savepoint/savepoint.ts';
import { manifestsOf } from '../savepoint/take-savepoint.ts';
import { refuseActive } from './stopped.ts';
import { writePosition } from './write-position.ts';

/**
 * Where to go on. `log-start`: where the input begins now, for those tasks whose position it does not hold any more; at its
 * end where that is before the position.
 * `latest`: at its end, whatever is before it. Or offsets by topic and partition.
 */
export type ReprocessFrom = 'log-start' | 'latest' | Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A position that was moved. */
export interface MovedPosition {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  readonly before: number;
  readonly after: number;
}

interface Ends {
  readonly logStart: number;
  readonly highWatermark: number;
}

/**
 * Moves positions of a stopped application ahead; what lies between is given up, and rows stay as they are. Never back:
 * records would be counted twice. (From behind the end, to any offset that is named: it may be another topic, on a broker
 * that knows no ids.)
 * @throws TidemarkError TM_APPLICATION_UNKNOWN, TM_APPLICATION_ACTIVE, TM_CONFIG_INVALID (back, or outside of the input)
 */
export async function reprocess(
  application: string,
  from: ReprocessFrom,
  ports: LogPorts,
  operations: ClusterOperations,
): Promise<readonly MovedPosition[]> {
  const manifests = await manifestsOf([application], ports);
  await refuseActive([application], operations);
  const cuts = (await Promise.all(manifests.map((manifest) => cutStage(manifest, ports)))).flat();
  const plans: { readonly task: SavepointTask; readonly moved: readonly MovedPosition[] }[] = [];
  for (const { task } of cuts) plans.push({ task, moved: await movesOf(task, from, ports) });
  for (const { task, moved } of plans) if (moved.length > 0) await move(task, moved, ports);
  return plans.flatMap(({ moved }) => moved);
}

async function movesOf(task: SavepointTask, from: ReprocessFrom, ports: LogPorts): Promise<readonly MovedPosition[]> {
  const moved: MovedPosition[] = [];
  const { stage, partition } = task;
  for (const [topic, before] of Object.entries(task.position.inputs)) {
    const ends = (await ports.admin.logEnds(topic))[partition];
    if (ends === undefined) throw refused(`${topic} has no partition ${partition} any more`);
    const after = target(from, topic, partition, before, ends);
    if (after !== before) moved.push({ stage, topic, partition, before, after });
  }
  return moved;
}

/** Where a position is to be. */
export function target(from: ReprocessFrom, topic: string, partition: number, before: number, ends: Ends): number {
  const { logStart, highWatermark } = ends;
  // One that ends before the position was cut off there: what is left of it was read.
  if (from === 'log-start') return Math.min(Math.max(before, logStart), highWatermark);
  // Internal topics are between our own stages: only what is lost there is passed over.
  const isInternal = topic.startsWith('tidemark.');
  if (from === 'latest') return isInternal ? before : highWatermark;
  const wanted = from[topic]?.[partition];
  if (wanted === undefined) return before;
  if (isInternal) throw refused(`${topic} is internal; give offsets of public topics`);
  if (wanted < logStart || wanted > highWatermark) {
    throw refused(`${topic}/${partition} holds ${logStart} to ${highWatermark}, not ${wanted}`);
  }
  if (wanted >= before || before > highWatermark) return wanted;
  throw refused(
    `${topic}/${partition} was read up to ${before}: from ${wanted} on, records would be counted twice. Start under a new ` +
      'application id instead (SOURCE_GROUP_ID), with SOURCE_STARTING_OFFSETS',
  );
}

async function move(task: SavepointTask, moved: readonly MovedPosition[], ports: LogPorts): Promise<void> {
  const { application, stage, partition, position } = task;
  const inputs = { ...position.inputs, ...Object.fromEntries(moved.map(({ topic, after }) => [topic, after])) };
  await writePosition(application, stage, partition, { ...position, version: position.version + 1, inputs }, ports);
}

function refused(why: string): TidemarkError {
  return new TidemarkError('TM_CONFIG_INVALID', why);
}
