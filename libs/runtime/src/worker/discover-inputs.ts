import type { StagePlan } from '../task/task-plan.ts';

/** What a fresh look at the topics means for the stages that follow a pattern. */
export interface Discovery {
  /** All plans, with the new inputs of those that can take them. */
  readonly plans: readonly StagePlan[];
  /** Stages whose inputs have grown. */
  readonly grown: readonly StagePlan[];
}

/** Compares the plans with what they would be now. A new topic is read from its earliest record on. */
export function discoverInputs(before: readonly StagePlan[], now: readonly StagePlan[]): Discovery {
  const grown: StagePlan[] = [];
  const plans = before.map((plan, index) => {
    const found = now[index]!;
    const taken = [...found.inputs].filter(([topic]) => !plan.inputs.has(topic));
    if (taken.length === 0) return plan;
    const names = new Set(taken.map(([topic]) => topic));
    const external = [...found.externalInputs].filter((topic) => names.has(topic));
    const larger = {
      ...plan,
      inputs: new Map([...plan.inputs, ...taken]),
      externalInputs: new Set([...plan.externalInputs, ...external]),
      upstreamStages: found.upstreamStages,
      topicIds: new Map([...found.topicIds, ...plan.topicIds]),
    };
    grown.push(larger);
    return larger;
  });
  return { plans, grown };
}

/** Whether any stage picks up topics by a pattern. */
export function followsPattern(plans: readonly StagePlan[]): boolean {
  return plans.some(({ stage }) => stage.source.kind === 'topics' && stage.source.subscribePattern !== undefined);
}
