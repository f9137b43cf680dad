import { catalogueSpecs, changelogSpec, partialsSpec, topics } from '@tidemark/schemas';
import { MemoryLog, type TopicSpec } from '@tidemark/stream';
import type { Broker } from './broker.ts';
import type { Network } from './calls.ts';
import { createChance } from './chance.ts';
import { CommitHistory } from './commit-history.ts';
import { EmissionTimes } from './emission-times.ts';
import { type FaultKind, FaultTally } from './fault-kinds.ts';
import { ModelTime } from './model-time.ts';
import { eventTopicsOf, type Parameters, readPartitions } from './parameters.ts';
import { SimGroup } from './sim-group.ts';
import { SimRedis } from './sim-checkpoints.ts';
import type { OpenWireReader } from './wire-reader.ts';
import { TableHistory } from './table-history.ts';
import { ANSWERER, CLEAN, CLEANER, COUNTER, SORT, SPREAD } from './topologies.ts';
import { Trace } from './trace.ts';
import { WaitingRows } from './waiting-rows.ts';

/** Where a task stood when its input was lost, and where that began: commits that were on their way may bring it so far. */
export interface LostInput {
  readonly offset: number;
  readonly end: number;
}

/** Years ago: who asks the computer's clock instead of the model's takes what comes from the future for old. */
export const START_MS = Date.UTC(2020, 5, 1);

/** No run has a tenth of it. */
const MOST_EVENTS = 300_000;

/** Kafka, Redis, time and what is known of them: everything but the processes. */
export interface World {
  readonly parameters: Parameters;
  readonly time: ModelTime;
  readonly network: Network;
  readonly log: MemoryLog;
  readonly broker: Broker;
  readonly redis: SimRedis;
  readonly history: CommitHistory;
  readonly totals: TableHistory;
  readonly emissionTimes: EmissionTimes;
  readonly trace: Trace;
  readonly violations: string[];
  /** Tasks whose input is gone past their positions. */
  readonly lost: Map<string, LostInput>;
  /** All tasks that there are: `application/stage/partition`. */
  readonly taskIds: readonly string[];
  readonly groupOf: (application: string) => SimGroup;
  /** Whether calls are hit by faults now. */
  isHealthy: boolean;
  /** Whether who had drained has been started again, for a second round. */
  isStartedAgain: boolean;
}

/** An empty world with its topics. @param onLine is given each line of the trace */
export async function createWorld(
  parameters: Parameters,
  onLine?: (line: string) => void,
  openWireReader?: OpenWireReader,
): Promise<World> {
  const time = new ModelTime(START_MS, MOST_EVENTS);
  const trace = new Trace(() => time.now(), onLine);
  const violations: string[] = [];
  const violate = (text: string) => {
    trace.note(`violation ${text}`);
    violations.push(text);
  };
  const note = (line: string) => trace.note(line);
  const chance = createChance(parameters.seed, 2);
  const log = new MemoryLog({ clock: time, scheduleMarker: (write) => void time.schedule(markerDelayMs(), write) });
  const faults = new FaultTally(() => log.hasOpenTransaction(), note);
  const isHit = (kind: FaultKind, times = 1) => {
    return !world.isHealthy && parameters.kinds.has(kind) && chance.happens(times * parameters.callFaultRate);
  };
  const travelMs = () =>
    chance.between(0, 4) + (parameters.latencyMs > 0 ? chance.between(0, parameters.latencyMs) : 0);
  const markerDelayMs = () => {
    if (!isHit('marker-late')) return chance.between(0, 3);
    faults.add('marker-late');
    return chance.between(50, 3_000);
  };
  const history = new CommitHistory(violate);
  const totals = new TableHistory('totals');
  const emissionTimes = new EmissionTimes('totals', parameters, time, violate);
  const emitting = parameters.windowed.filter(({ mode }) => mode !== 'append').map(({ name }) => name);
  const waitingRows = new WaitingRows([...emitting, 'totals'], violate);
  const network: Network = { time, chance, faults, note, isHit, travelMs, unanswered: new Map() };
  const { requestTimeoutMs, transactionTimeoutMs, cleanedMsPerRecord } = parameters;
  const broker: Broker = {
    network,
    log,
    openWireReader,
    requestTimeoutMs,
    transactionTimeoutMs,
    openMs: (id) => {
      const isTask = !id.endsWith('.manifests');
      return isTask && world.isStartedAgain ? chance.between(0, parameters.restartWithinMs) : 0;
    },
    writeMs: (topic, records) => (topic === 'cleaned' ? records * cleanedMsPerRecord : 0),
    // A small part now and then would get a batch through that is too large for its transaction.
    fetchSizes: cleanedMsPerRecord > 0 ? [1_000] : [1, 5, 1_000],
    onCommit: (id, records) => {
      history.committed(id, records);
      totals.committed(id, records);
      emissionTimes.committed(id, records);
      waitingRows.committed(id, records);
    },
    onReturn: (process, id, fencedAtMs) => {
      const group = groups.get(id.split('.')[1]!);
      // Where tasks are assigned there is no group that could confirm anything.
      if (parameters.assigned !== undefined && id.startsWith(`tidemark.${COUNTER}.`)) return;
      // The manifests' producer belongs to no task: instances that start together take turns by fencing each other.
      if (group === undefined || id.endsWith('.manifests') || group.hasConfirmed(process, id, fencedAtMs)) return;
      violate(`${process.name} takes ${id} over again after it was fenced, and the group has not confirmed it since`);
    },
  };
  const groups = new Map<string, SimGroup>();
  const changelogs = changelogSpecs(parameters);
  const changelogPartitions = new Map(changelogs.map(({ topic, partitions }) => [topic, partitions]));
  const newGroup = (application: string) =>
    new SimGroup(
      network,
      (topic) => changelogPartitions.get(topic)!,
      (kept) => history.keptByGroup(application, kept),
    );
  const world: World = {
    parameters,
    time,
    network,
    log,
    broker,
    redis: new SimRedis(network, parameters.maxChunkRows, (id, stored, newest) => history.stored(id, stored, newest)),
    history,
    totals,
    emissionTimes,
    trace,
    violations,
    lost: new Map(),
    taskIds: taskIds(parameters),
    groupOf: (application) => {
      const group = groups.get(application) ?? newGroup(application);
      groups.set(application, group);
      return group;
    },
    isHealthy: false,
    isStartedAgain: false,
  };
  await log.admin.createTopics([...changelogs, ...otherSpecs(parameters)]);
  return world;
}

interface StageTasks {
  readonly application: string;
  readonly stage: string;
  /** Partitions of the changelog. */
  readonly tasks: number;
  /** Whether it has tasks only for the partitions of the visits that are assigned. */
  readonly isAssigned: boolean;
}

function stagesOf(parameters: Parameters): readonly StageTasks[] {
  const { partitions, isChain, spread, sorts, assigned, answerer } = parameters;
  const mostOf = (worker: Parameters['callsGoTo']) =>
    eventTopicsOf(worker, parameters).map((topic) => partitions[topic as 'visits' | 'calls']);
  const tasks = Math.max(isChain ? partitions.cleaned : 0, answerer?.answered ?? 0, ...mostOf('counter'));
  const first = { application: COUNTER, tasks, isAssigned: assigned !== undefined };
  return [
    ...(isChain
      ? [
          { application: CLEANER, stage: sorts > 0 ? SORT : CLEAN, tasks: Math.max(...mostOf('first worker')), isAssigned: false }, // prettier-ignore
        ]
      : []),
    ...(sorts > 0 ? [{ application: CLEANER, stage: CLEAN, tasks: sorts, isAssigned: false }] : []),
    ...(answerer !== undefined
      ? [{ application: ANSWERER, stage: CLEAN, tasks: Math.max(...mostOf('answerer')), isAssigned: false }]
      : []),
    ...(spread > 0 ? [{ ...first, stage: SPREAD }] : []),
    spread > 0
      ? { application: COUNTER, stage: 'combine', tasks: spread, isAssigned: false }
      : { ...first, stage: 'combine' },
    { application: COUNTER, stage: 'merge', tasks: partitions.partials, isAssigned: false },
  ];
}

function taskIds(parameters: Parameters): readonly string[] {
  return stagesOf(parameters).flatMap(({ application, stage, tasks, isAssigned }) => {
    const all = Array.from({ length: tasks }, (_, partition) => partition);
    return (isAssigned ? readPartitions(parameters) : all).map((partition) => `${application}/${stage}/${partition}`);
  });
}

function changelogSpecs(parameters: Parameters): readonly TopicSpec[] {
  const config = { 'delete.retention.ms': String(parameters.deleteRetentionMs) };
  const specs = stagesOf(parameters).map(({ application, stage, tasks }) => changelogSpec(application, stage, tasks));
  return specs.map((spec) => ({ ...spec, config: { ...spec.config, ...config } }));
}

function otherSpecs({ partitions, answerer }: Parameters): readonly TopicSpec[] {
  const { visits, calls, cleaned, windows, totals, partials, frontiers } = partitions;
  const between = { visits, ...(calls > 0 && { calls }), cleaned, ...(answerer && { answered: answerer.answered }) };
  const catalogue = new Map(catalogueSpecs().map((spec) => [spec.topic, spec]));
  const known = { [topics.frontiers.topic]: frontiers, [topics.errorEvents.topic]: 1, [topics.lateEvents.topic]: 1 };
  return [
    ...Object.entries({ ...between, windows, spans: windows, totals }).map(([topic, count]) => ({ topic, partitions: count, config: {} })), // prettier-ignore
    ...Object.entries(known).map(([topic, count]) => ({ ...catalogue.get(topic)!, partitions: count })),
    catalogue.get(topics.manifests.topic)!,
    partialsSpec(COUNTER, 'combine', partials),
  ];
}
