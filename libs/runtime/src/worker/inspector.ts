import { hasCode, TidemarkError } from '@tidemark/schemas';
import type { ManifestBoard } from '../manifest/manifest-board.ts';
import { checkRunning, manifestKey, manifestOf } from '../manifest/manifest.ts';
import type { RuntimePorts } from '../ports.ts';
import type { StagePlan } from '../task/task-plan.ts';
import { changelogLost, identifiedTopics, identityFault } from '../task/topic-identity.ts';
import { NewPartitions } from './new-partitions.ts';
import { policyFault, requiredPolicies } from './topic-policies.ts';

/** So many looks in a row must miss a topic: a broker that has just started may not have heard of it yet. */
const MISSED_LOOKS = 2;

/**
 * Looks now and then at what running tasks stand on and nobody tells them of when it changes: the identity of their topics,
 * cleanup policies, the recorded manifest, the eviction policy of the checkpoint store.
 */
export class Inspector {
  readonly #ports: RuntimePorts;
  readonly #manifests: ManifestBoard;
  readonly #missed = new Map<string, number>();
  readonly #newPartitions: NewPartitions;

  constructor(ports: RuntimePorts, manifests: ManifestBoard) {
    this.#ports = ports;
    this.#manifests = manifests;
    this.#newPartitions = new NewPartitions(ports.logger);
  }

  /**
   * What keeps stages from being run any further, by their plan.
   * @throws TidemarkError when the broker does not answer: nothing is known then
   */
  async look(plans: readonly StagePlan[]): Promise<ReadonlyMap<StagePlan, TidemarkError>> {
    const { admin } = this.#ports;
    const topics = plans.flatMap(identifiedTopics);
    const [ids, counts] = [await admin.topicIds(topics), await admin.partitionCounts(topics)];
    const storeFault = await this.#storeFault();
    const faults = new Map<StagePlan, TidemarkError>();
    for (const plan of plans) {
      this.#newPartitions.look(plan, counts);
      const fault = storeFault ?? (await this.#stageFault(plan, ids, counts));
      if (fault !== undefined) faults.set(plan, fault);
    }
    return faults;
  }

  async #stageFault(
    plan: StagePlan,
    ids: ReadonlyMap<string, string>,
    counts: ReadonlyMap<string, number>,
  ): Promise<TidemarkError | undefined> {
    const { changelogTopic, application, stage } = plan;
    if (this.#isMissing(changelogTopic, counts)) return changelogLost(plan, 'does not exist any more');
    if (!counts.has(changelogTopic)) return undefined;
    return (
      identityFault(plan, ids) ?? this.#manifestFault(plan) ?? this.#policyFault(stage, application, changelogTopic)
    );
  }

  #isMissing(topic: string, counts: ReadonlyMap<string, number>): boolean {
    const missed = counts.has(topic) ? 0 : (this.#missed.get(topic) ?? 0) + 1;
    this.#missed.set(topic, missed);
    return missed >= MISSED_LOOKS;
  }

  /** Another instance, or a tool, may have recorded that the state belongs to another topology by now. */
  #manifestFault(plan: StagePlan): TidemarkError | undefined {
    const recorded = this.#manifests.get(manifestKey(plan.application, plan.stage.name));
    return recorded && checkRunning(recorded, manifestOf(plan));
  }

  async #policyFault(
    stage: StagePlan['stage'],
    application: string,
    changelog: string,
  ): Promise<TidemarkError | undefined> {
    for (const [topic, policy] of requiredPolicies(stage, application, changelog)) {
      const fault = await policyFault(this.#ports.admin, topic, policy).catch((error: unknown) => {
        // Whether a topic is there is asked elsewhere; between the two answers it may have gone.
        if (!hasCode(error, 'TM_TOPIC_GONE')) throw error;
        return undefined;
      });
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** A store that is away is no fault: checkpoints wait. */
  async #storeFault(): Promise<TidemarkError | undefined> {
    try {
      await this.#ports.checkpoints.verify();
      return undefined;
    } catch (error) {
      return error instanceof TidemarkError && !error.canRetry ? error : undefined;
    }
  }
}
