import { type TidemarkError, topics } from '@tidemark/schemas';
import type { SourceTasks, TopicAdmin } from '@tidemark/stream';
import { FrontierBoard } from '../frontiers/frontier-board.ts';
import { ManifestBoard } from '../manifest/manifest-board.ts';
import { manifestKey } from '../manifest/manifest.ts';
import type { RuntimeOptions } from '../options.ts';
import type { RuntimePorts } from '../ports.ts';
import { TopicFeed } from '../support/topic-feed.ts';
import type { StagePlan } from '../task/task-plan.ts';
import { sourceTasksOf } from './source-tasks.ts';

/** What a process hears of all tasks that there are: which these are, and what they say of event time. */
export class InternalFeeds {
  readonly frontiers: FrontierBoard;
  readonly manifests: ManifestBoard;
  readonly frontierFeed: TopicFeed;
  readonly #manifestFeed: TopicFeed;
  readonly #admin: TopicAdmin;
  readonly #onChange: () => void;
  #frontierEnds: readonly number[] = [];
  #hasCaughtUp = false;

  /** @param onChange called when there is something new */
  constructor(ports: RuntimePorts, options: RuntimeOptions, onChange: () => void) {
    const tell = (fault: TidemarkError) => ports.logger.error(fault.fields, fault.message);
    this.#admin = ports.admin;
    this.#onChange = onChange;
    this.frontiers = new FrontierBoard(tell);
    this.manifests = new ManifestBoard(tell);
    const follow = ({ topic }: { readonly topic: string }, board: Pick<FrontierBoard, 'add'>) =>
      new TopicFeed(topic, ports, options, { onRecord: (record) => board.add(record), onChange });
    this.frontierFeed = follow(topics.frontiers, this.frontiers);
    this.#manifestFeed = follow(topics.manifests, this.manifests);
  }

  async start(): Promise<void> {
    this.#frontierEnds = await this.frontierFeed.start();
    await this.#manifestFeed.start();
    void this.frontierFeed.reach(this.#frontierEnds).then(() => {
      this.#hasCaughtUp = true;
      this.#onChange();
    });
  }

  /** Where the frontiers topic ended at the start, next offset of each partition. */
  get frontierEnds(): readonly number[] {
    return this.#frontierEnds;
  }

  /**
   * The source tasks that a stage's event time, and its drain, wait for; undefined while they are not known, or while what was
   * said before this process started has not been read to its end: a word that was taken back since must not count again.
   */
  sourceTasks(plan: StagePlan): SourceTasks | undefined {
    return this.#hasCaughtUp ? sourceTasksOf(plan, this.manifests) : undefined;
  }

  /** Looks whether the topics are the same still; to be called now and then. @throws when the broker does not answer */
  async identify(): Promise<void> {
    const feeds = [this.frontierFeed, this.#manifestFeed];
    const ids = await this.#admin.topicIds(feeds.map(({ topic }) => topic));
    for (const feed of feeds) feed.identify(ids.get(feed.topic));
    // Manifests all stand in the first partition, however many there are.
    const { topic } = this.frontierFeed;
    this.frontierFeed.count((await this.#admin.partitionCounts([topic])).get(topic) ?? 0);
  }

  /** Looks whether they get on; to be called now and then. @param isKafkaThere false: nothing can be said now */
  watch(isKafkaThere: boolean): void {
    for (const feed of [this.frontierFeed, this.#manifestFeed]) feed.watch(isKafkaThere);
  }

  /** What holds up the event time of a stage, and its drain, until someone mends it outside. */
  trouble(plan: StagePlan): TidemarkError | undefined {
    const own = this.manifests.fault(manifestKey(plan.application, plan.stage.name));
    if (own !== undefined) return own;
    if (plan.upstreamStages.length === 0 && !plan.stage.hasEventTime) return undefined;
    return this.frontierFeed.trouble ?? this.#manifestFeed.trouble ?? this.#notUnderstood(plan);
  }

  close(): void {
    this.frontierFeed.close();
    this.#manifestFeed.close();
  }

  #notUnderstood(plan: StagePlan): TidemarkError | undefined {
    const { siblings = [], upstream = [] } = sourceTasksOf(plan, this.manifests) ?? {};
    const faults = [
      ...plan.upstreamStages.map((stageKey) => this.manifests.fault(stageKey)),
      ...[...siblings, ...upstream].map((sourceTask) => this.frontiers.fault(sourceTask)),
    ];
    return faults.find((fault) => fault !== undefined);
  }
}
