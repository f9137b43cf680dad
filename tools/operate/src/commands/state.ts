import {
  assignedStages,
  growTopic,
  type LogPorts,
  type Manifest,
  reprocess,
  resetApplication,
  stagesWithState,
} from '@tidemark/runtime';
import type { OperateCommand } from '../config.ts';
import type { Connections } from '../connect.ts';
import type { Print } from './run-command.ts';

type Of<K extends OperateCommand['kind']> = Extract<OperateCommand, { kind: K }>;

const EXIT_USAGE = 2;

/** @returns the exit code: nothing is forgotten without being asked for twice */
export async function reset(
  { application, yes }: Of<'reset'>,
  connections: Connections,
  print: Print,
): Promise<number> {
  const { ports, operations } = connections;
  await warnOfUnseen(isOf(application), ports, print);
  if (!yes) {
    const stages = (await stagesWithState(application, ports)).map(({ stage, tasks }) => `${stage} (${tasks} tasks)`);
    print(`would forget all state of ${application}: ${stages.join(', ')}. Say so with --yes`);
    return EXIT_USAGE;
  }
  const checkpoints = connections.checkpoints(application);
  try {
    const report = await resetApplication(application, ports, operations, checkpoints);
    print(`${application} has no state any more: ${report.tasks} tasks, topics ${report.topics.join(', ')}`);
    if (report.checkpointsKept)
      print('Redis did not answer; what it still holds of this application is overwritten later');
    return 0;
  } finally {
    await checkpoints.close();
  }
}

export async function reprocessFrom(command: Of<'reprocess'>, { ports, operations }: Connections, print: Print) {
  await warnOfUnseen(isOf(command.application), ports, print);
  const moved = await reprocess(command.application, command.from, ports, operations);
  let givenUp = 0;
  for (const { stage, topic, partition, before, after } of moved) {
    const offsets = after - before;
    givenUp += Math.max(0, offsets);
    const what =
      offsets >= 0 ? `${offsets} offsets given up` : 'it ended before the position; how much is lost is not known';
    print(`${stage}/${partition} of ${topic}: from ${before} to ${after}, ${what}`);
  }
  print(`${moved.length} positions moved, at most ${givenUp} records given up`);
}

export async function grow({ topic, partitions }: Of<'grow'>, { ports, operations }: Connections, print: Print) {
  await warnOfUnseen(({ inputs, outputs }) => topic in inputs || topic in outputs, ports, print);
  const { partitions: now, applications, newTasks } = await growTopic(topic, partitions, ports, operations);
  print(`${topic} has ${now} partitions; ${newTasks} new tasks in ${applications.join(', ') || 'no application'}`);
}

const isOf = (id: string) => (manifest: Manifest) => manifest.application === id;

/** Processes with SOURCE_ASSIGN are in no group: that they are stopped is for people to see to. */
export async function warnOfUnseen(
  isConcerned: (manifest: Manifest) => boolean,
  ports: LogPorts,
  print: Print,
): Promise<void> {
  const unseen = (await assignedStages(ports)).filter(isConcerned).map(({ application }) => application);
  for (const application of new Set(unseen)) {
    print(
      `${application} reads partitions of SOURCE_ASSIGN: this command cannot see whether it runs. Stop all of it first`,
    );
  }
}
