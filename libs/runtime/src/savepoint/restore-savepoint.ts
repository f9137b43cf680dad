import { changelogSpec, changelogTopic, partialsSpec, repartitionSpec, TidemarkError } from '@tidemark/schemas';
import type { Ends, OutputRecord, Position, TopicSpec } from '@tidemark/stream';
import { type RowChanges, VERBATIM_ROWS } from '@tidemark/window-state';
import { type Manifest, manifestKey } from '../manifest/manifest.ts';
import { readManifests } from '../manifest/read-manifests.ts';
import { manifestRecord, writeManifests } from '../manifest/write-manifests.ts';
import type { LogPorts } from '../ports.ts';
import { commitRecords } from '../support/commit-records.ts';
import { inParts } from '../support/in-parts.ts';
import { emitRows, positionRecord } from '../task/changelog.ts';
import { taskTransactionalId } from '../task/task-plan.ts';
import { type Restoration, restoredAs } from './restored-as.ts';
import type { Savepoint, SavepointTask } from './savepoint.ts';
import { refuseTwice } from './refuse-twice.ts';
import { internalLinks, type StageLink } from './stage-links.ts';

/** Of a stage that is being restored: no worker has this one, so that none starts on half of its state. */
export const RESTORING = 'being restored';

const RECORDS_AT_ONCE = 5_000;

/** What a restore is told. */
export interface RestoreOptions extends Omit<Restoration, 'newIncarnation'> {
  /** Restores writers although their readers would count twice what they have written since. */
  readonly evenTwice?: boolean | undefined;
}

/**
 * Writes a savepoint as the state of new applications. Their workers go on from it when they start.
 *
 * 1. Refuse ids that have state, and what would be counted twice; write manifests that no worker fits.
 * 2. Create the internal topics; write the records in flight, then each task's rows and, last, its position.
 * 3. Write the manifests. If this dies before, `reset` clears the ids for another try.
 *
 * @throws TidemarkError TM_APPLICATION_EXISTS, TM_SAVEPOINT_INVALID
 */
export async function restoreSavepoint(
  savepoint: Savepoint,
  { evenTwice = false, ...restoration }: RestoreOptions,
  ports: LogPorts,
): Promise<Savepoint> {
  const restored = restoredAs(savepoint, { ...restoration, newIncarnation: ports.newIncarnation });
  const { manifests } = restored;
  if (!evenTwice) await refuseTwice(savepoint, restoration.names, ports);
  await writeAll(manifests, ports, () => refuseExisting(restored, ports), RESTORING);
  await ports.admin.createTopics(topicsOf(manifests));
  const ends = await writeInFlight(restored, ports);
  for (const task of restored.tasks) await writeTask(task, endsOf(task, manifests, ends), ports);
  await writeAll(manifests, ports, async () => {}, undefined);
  return restored;
}

/** @param fingerprint in place of their own */
async function writeAll(
  manifests: readonly Manifest[],
  ports: LogPorts,
  check: () => Promise<void>,
  fingerprint: string | undefined,
): Promise<void> {
  const applications = [...new Set(manifests.map(({ application }) => application))];
  for (const application of applications) {
    const own = manifests.filter((manifest) => manifest.application === application);
    // Whoever starts at this moment waits, or has been first and is seen.
    await writeManifests(application, ports, async () => {
      await check();
      return own.map((manifest) => manifestRecord({ ...manifest, ...(fingerprint && { fingerprint }) }));
    });
  }
}

async function refuseExisting({ manifests }: Savepoint, ports: LogPorts): Promise<void> {
  const stored = await readManifests(ports);
  const known = manifests.find(({ application, stage }) => {
    const before = stored.recorded(manifestKey(application, stage));
    return before !== undefined && before.fingerprint !== RESTORING;
  });
  if (known !== undefined) throw exists(known.application, `stage ${known.stage} was started under it`);
  const names = topicsOf(manifests).map(({ topic }) => topic);
  const [there] = (await ports.admin.partitionCounts(names)).keys();
  const owner = manifests.find(({ application }) => there?.startsWith(`tidemark.${application}.`));
  if (there !== undefined) throw exists(owner!.application, `${there} is there`);
}

function exists(application: string, why: string): TidemarkError {
  return new TidemarkError(
    'TM_APPLICATION_EXISTS',
    `${application}: ${why}. Take another id, or clear this one first: npm run operate -- reset ${application} --yes`,
    { fields: { application } },
  );
}

/** Changelogs, and the topics between stages. */
function topicsOf(manifests: readonly Manifest[]): readonly TopicSpec[] {
  return [
    ...manifests.map(({ application, stage, tasks }) => changelogSpec(application, stage, tasks)),
    ...internalLinks(manifests).map(({ writer: { application, stage }, reader, topic, isPartials }) => {
      const partitions = reader.inputs[topic]!;
      return (isPartials ? partialsSpec : repartitionSpec)(application, stage, partitions);
    }),
  ];
}

async function writeInFlight({ inFlight, manifests }: Savepoint, ports: LogPorts): Promise<Ends> {
  const ends: Record<string, Readonly<Record<string, number>>> = {};
  if (inFlight.length === 0) return ends;
  const producer = await ports.producers.open(`tidemark.${manifests[0]!.application}.restore`);
  try {
    for (const part of inParts(inFlight, RECORDS_AT_ONCE)) {
      for (const [topic, written] of await commitRecords(producer, part)) {
        ends[topic] = { ...ends[topic], ...Object.fromEntries(written) };
      }
    }
    return ends;
  } finally {
    await producer.close();
  }
}

/** To whom records between stages belong: their writers, which have written up to there. */
function endsOf({ application, stage }: SavepointTask, manifests: readonly Manifest[], ends: Ends): Ends {
  const isOwn = ({ writer }: StageLink) => writer.application === application && writer.stage === stage;
  const own = internalLinks(manifests).filter(isOwn);
  return Object.fromEntries(own.filter(({ topic }) => topic in ends).map(({ topic }) => [topic, ends[topic]!]));
}

async function writeTask(task: SavepointTask, ends: Ends, ports: LogPorts): Promise<void> {
  const { application, stage, partition, rows } = task;
  const plan = { changelogTopic: changelogTopic(application, stage), partition };
  const position: Position = { ...task.position, ends: { ...task.position.ends, ...ends } };
  const producer = await ports.producers.open(taskTransactionalId(application, stage, partition));
  try {
    for (const part of inParts(changelogRecords(plan, rows), RECORDS_AT_ONCE)) await commitRecords(producer, part);
    await commitRecords(producer, [positionRecord(plan, position)]);
  } finally {
    await producer.close();
  }
}

function changelogRecords(plan: { changelogTopic: string; partition: number }, rows: RowChanges): OutputRecord[] {
  const records: OutputRecord[] = [];
  emitRows(plan, VERBATIM_ROWS, rows, (record) => records.push(record));
  return records;
}
