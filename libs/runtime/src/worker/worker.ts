import type { Assignment, Member, Topology } from '@tidemark/stream';
import { verifiedStore, verifyIfThere } from '../checkpoint/verified-store.ts';
import { manifestKey } from '../manifest/manifest.ts';
import { readManifests } from '../manifest/read-manifests.ts';
import type { RuntimePorts } from '../ports.ts';
import { Repeater } from '../support/repeater.ts';
import { type StagePlan, taskPlan, type TaskPlan } from '../task/task-plan.ts';
import { TaskRunner } from '../task/task-runner.ts';
import type { TaskSurroundings } from '../task/task-surroundings.ts';
import { discoverInputs, followsPattern } from './discover-inputs.ts';
import { Drain } from './drain.ts';
import { drainTargets } from './drain-targets.ts';
import { knownByManifest, knownByPlan } from './fit-inputs.ts';
import { Inspector } from './inspector.ts';
import { inputOffsets } from './input-offsets.ts';
import { InternalFeeds } from './internal-feeds.ts';
import { assignedTasks, confirmByGroup, lostByAssign } from './ownership.ts';
import { planWorker, upstreamByCatalogue } from './plan-worker.ts';
import { recordPlans } from './record-plans.ts';
import type { WorkerHealth, WorkerOptions } from './worker-options.ts';
import { shareOfBudget } from './share.ts';

/** One process's share of a topology: it joins the group and runs the tasks that it is given. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #ports: RuntimePorts;
  readonly #topology: Topology;
  #plans: readonly StagePlan[];
  readonly #around: TaskSurroundings;
  readonly #feeds: InternalFeeds;
  readonly #runners = new Map<string, TaskRunner>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #timers: Repeater[] = [];
  readonly #inspector: Inspector;
  readonly #drain: Drain;
  readonly #ended: Promise<void>;
  #end!: (error?: Error) => void;
  #member: Member | undefined;
  #joined = false;
  #isStopping = false;

  /** Plans, registers the manifests, joins, and runs until `stop`, a drain, or a failure that ends the process. */
  static async start(topology: Topology, ports: RuntimePorts, options: WorkerOptions): Promise<Worker> {
    await verifyIfThere(ports.checkpoints, ports.logger);
    const upstreamOf = options.upstreamOf ?? upstreamByCatalogue;
    const { application } = options;
    const stored = await readManifests(ports);
    const knownStage = (stage: string) => knownByManifest(stored.recorded(manifestKey(application, stage)));
    const { admin, logger } = ports;
    const plans = await planWorker(topology, { application, admin, upstreamOf, knownStage, logger });
    const recorded = await recordPlans(application, plans, ports);
    const worker = new Worker(topology, ports, options, recorded);
    try {
      await worker.#feeds.start();
      await worker.#join();
    } catch (error) {
      await worker.stop();
      throw error;
    }
    worker.#startTimers();
    return worker;
  }

  private constructor(topology: Topology, ports: RuntimePorts, options: WorkerOptions, plans: readonly StagePlan[]) {
    this.#topology = topology;
    this.#options = options;
    const checkpoints = verifiedStore(ports.checkpoints, (error) => this.#refuse(error), ports.onCrashPoint);
    this.#ports = { ...ports, checkpoints };
    this.#plans = plans;
    const view = () => ({ runners: this.runners, member: this.#member, isAssigned: this.#joined, isStopping: this.#isStopping, isReleasing: this.#stopping.size > 0 }); // prettier-ignore
    this.#drain = new Drain(view, (error) => this.#end(error), options);
    const feeds = new InternalFeeds(ports, options, () => this.#runners.forEach((runner) => runner.notify()));
    const { frontiers, manifests } = feeds;
    this.#feeds = feeds;
    this.#inspector = new Inspector(ports, manifests);
    this.#around = {
      ports: this.#ports,
      options,
      frontiers,
      get frontierEnds() {
        return feeds.frontierEnds;
      },
      sourceTasks: (plan) => feeds.sourceTasks(plan),
      trouble: (plan) => feeds.trouble(plan),
      share: (plan, backlog) => shareOfBudget(plan, backlog, [...this.#runners.values()], options.maxRecordsPerTurn),
    };
    this.#ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Who does not wait for the end must not be killed by an unhandled rejection.
    this.#ended.catch(() => {});
  }

  /** Resolves when a drain is complete; rejects when a task fails in it, or when the membership is lost for good. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  get runners(): readonly TaskRunner[] {
    return [...this.#runners.values()];
  }

  get health(): WorkerHealth {
    const runners = this.runners;
    return {
      joined: this.#joined,
      tasks: runners.length,
      restored: runners.filter(({ task }) => task !== undefined).length,
      held: runners.flatMap(({ plan, trouble }) => (trouble === undefined ? [] : [{ task: plan.id, error: trouble }])),
      failures: runners.flatMap(({ plan, error }) => (error === undefined ? [] : [{ task: plan.id, error }])),
      slowestMoveMs: Math.min(this.#ports.clock.now(), ...runners.map(({ lastMoveMs }) => lastMoveMs)),
    };
  }

  /** From now on: process what is there, emit for the last time, end. */
  drain(): void {
    this.#drain.begin();
  }

  /** Ends cleanly: turns under way are finished, checkpoints are written, the group is left. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) timer.stop();
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    await Promise.all(this.#stopping);
    this.#runners.clear();
    await this.#member?.leave();
    this.#member = undefined;
    this.#feeds.close();
    this.#end();
  }

  async #join(): Promise<void> {
    if (this.#plans.some(({ assigned }) => assigned !== undefined)) {
      this.#assign({ generation: 0, tasks: assignedTasks(this.#plans) });
      return;
    }
    this.#member = await this.#ports.membership.join({
      groupId: this.#options.application,
      clientId: this.#options.application,
      changelogTopics: this.#plans.map(({ changelogTopic }) => changelogTopic),
      sessionTimeoutMs: this.#options.sessionTimeoutMs,
      onAssignment: (assignment) => this.#assign(assignment),
      onFatal: (error) => this.#end(error),
    });
  }

  /** A task that stays ours keeps its producer and state; others are closed or taken over. */
  #assign({ generation, tasks }: Assignment): void {
    const wanted = new Map<string, TaskPlan>();
    for (const { changelogTopic, partition } of tasks) {
      const plan = this.#plans.find((candidate) => candidate.changelogTopic === changelogTopic);
      if (plan === undefined || partition >= plan.tasks) continue;
      const task = taskPlan(plan, partition, this.#options.idleTimeoutMs);
      wanted.set(task.id, task);
    }
    this.#ports.logger.info({ generation, tasks: [...wanted.keys()] }, 'assignment');
    for (const [id, runner] of this.#runners) if (!wanted.has(id)) this.#release(id, runner);
    for (const [id, plan] of wanted) {
      const runner = this.#runners.get(id);
      // One that was fenced and not confirmed in time has given up: the group says again that the task is ours.
      if (runner === undefined || runner.mayHaveBeenAnothers) this.#run(plan);
    }
    this.#joined = true;
    this.#drain.endIfDrained();
  }

  #run(plan: TaskPlan): void {
    // The group may still give us tasks while the last turns end: nobody would end these.
    if (this.#isStopping) return;
    const runner = new TaskRunner(plan, this.#around, {
      confirmOwnership: (cause) => this.#confirmOwnership(plan, cause),
      isDraining: () => this.#drain.isOn,
      drainTargets: (task) => drainTargets(task, this.#ports.admin, this.#feeds.frontierFeed, this.runners),
      onEnd: () => this.#drain.endIfDrained(),
    });
    this.#runners.set(plan.id, runner);
  }

  #release(id: string, runner: TaskRunner): void {
    this.#runners.delete(id);
    const stopped = runner.stop().finally(() => {
      this.#stopping.delete(stopped);
      this.#drain.endIfDrained();
    });
    this.#stopping.add(stopped);
  }

  async #confirmOwnership(plan: TaskPlan, cause: Error): Promise<number> {
    if (this.#member !== undefined) {
      return confirmByGroup(plan, this.#member, this.#options.confirmMembershipTimeoutMs);
    }
    const error = lostByAssign(plan, cause);
    if (error === undefined) return 0;
    this.#end(error);
    throw error;
  }

  /** Looks for topics that match a pattern since the last look. Never throws: the next look may succeed. */
  async #discover(): Promise<void> {
    const { application, upstreamOf = upstreamByCatalogue } = this.#options;
    const { admin, logger } = this.#ports;
    try {
      const knownStage = (stage: string) => knownByPlan(this.#plans.find((plan) => plan.stage.name === stage));
      const now = await planWorker(this.#topology, { application, admin, upstreamOf, knownStage, logger });
      const { plans, grown } = discoverInputs(this.#plans, now);
      if (grown.length === 0) return;
      const recorded = await recordPlans(application, grown, this.#ports);
      const renewed = (plan: StagePlan) => recorded.find(({ stage }) => stage === plan.stage) ?? plan;
      this.#plans = plans.map(renewed);
      for (const plan of recorded) await this.#restartTasks(plan);
    } catch (error) {
      logger.warn({ error: String(error) }, 'looking for new topics failed; it is repeated');
    }
  }

  async #restartTasks(plan: StagePlan): Promise<void> {
    this.#ports.logger.info({ stage: plan.stage.name, inputs: [...plan.inputs.keys()] }, 'reading new topics');
    for (const [id, runner] of this.#runners) {
      if (runner.plan.changelogTopic !== plan.changelogTopic) continue;
      await runner.stop();
      // A rebalance may have taken it away meanwhile.
      if (this.#runners.get(id) === runner)
        this.#run(taskPlan(plan, runner.plan.partition, this.#options.idleTimeoutMs));
    }
  }

  #startTimers(): void {
    const { clock } = this.#ports;
    const { checkpointIntervalMs, groupOffsetsIntervalMs, discoveryIntervalMs, inspectionIntervalMs } = this.#options;
    this.#timers.push(
      new Repeater(clock, inspectionIntervalMs, () => this.#inspect()),
      new Repeater(clock, checkpointIntervalMs, () => this.#flushCheckpoints()),
      new Repeater(clock, groupOffsetsIntervalMs, () => this.#commitGroupOffsets()),
    );
    if (followsPattern(this.#plans))
      this.#timers.push(new Repeater(clock, discoveryIntervalMs, () => this.#discover()));
  }

  /** Never throws: a broker that does not answer is looked for elsewhere. */
  async #inspect(): Promise<void> {
    try {
      const faults = await this.#inspector.look(this.#plans);
      for (const [plan, fault] of faults) this.#refuse(fault, plan);
      await this.#feeds.identify();
      this.#watch(true);
    } catch (error) {
      this.#ports.logger.debug({ error: String(error) }, 'looking at topics and settings failed; it is repeated');
      this.#watch(false);
    }
  }

  #watch(isKafkaThere: boolean): void {
    this.#feeds.watch(isKafkaThere);
    for (const runner of this.runners) runner.watchInputs(isKafkaThere);
  }

  /** Stops the tasks of a stage, or all. */
  #refuse(error: Error, stage?: StagePlan): void {
    for (const runner of this.runners) {
      if (stage === undefined || runner.plan.changelogTopic === stage.changelogTopic) runner.refuse(error);
    }
  }

  async #flushCheckpoints(): Promise<void> {
    const tasks = this.runners.flatMap(({ task }) => (task === undefined ? [] : [task]));
    for (const task of tasks) {
      const { stable, total } = task.lag;
      this.#ports.observer.lagged(task.plan.name, stable, total);
    }
    await Promise.all(tasks.map((task) => task.flushCheckpoint()));
  }

  async #commitGroupOffsets(): Promise<void> {
    const offsets = inputOffsets(this.runners);
    if (offsets.length > 0) await this.#member?.commitOffsets(offsets);
  }
}
