import { manifestOf } from '../manifest/manifest.ts';
import { registerManifests } from '../manifest/register-manifests.ts';
import type { RuntimePorts } from '../ports.ts';
import type { StagePlan } from '../task/task-plan.ts';

/**
 * Records what these stages are, or finds that their state belongs to something else.
 * @returns the plans with the topics' ids as they were when the state was begun
 * @throws TidemarkError (TM_MANIFEST_MISMATCH)
 */
export async function recordPlans(
  application: string,
  plans: readonly StagePlan[],
  ports: RuntimePorts,
): Promise<readonly StagePlan[]> {
  const recorded = await registerManifests(application, plans.map(manifestOf), ports);
  return plans.map((plan, i) => ({ ...plan, topicIds: new Map(Object.entries(recorded[i]?.topicIds ?? {})) }));
}
