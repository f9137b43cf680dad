import type { Findings } from './anomalies.ts';
import type { TaskState } from './check-changelog.ts';
import type { Checkpoints } from './history.ts';

/** Redis has to hold, for each task, what its changelog folds to, and nothing else. */
export async function checkCheckpoints(
  states: readonly TaskState[],
  checkpoints: Checkpoints,
  findings: Findings,
): Promise<void> {
  const expected = new Map(states.map((state) => [`tidemark:{${state.application}}:${state.task}`, state]));
  const keys = new Set(await checkpoints.keys());
  for (const key of keys) if (!expected.has(key)) findings.add('stale-checkpoint', `${key}: no task has this key`);
  for (const [key, state] of expected) {
    if (keys.has(key)) compare(key, state, await checkpoints.read(key), findings);
    else findings.add('stale-checkpoint', `${key} is missing`);
  }
}

function compare(key: string, state: TaskState, fields: ReadonlyMap<string, string>, findings: Findings): void {
  const { incarnation, version } = state.position;
  const meta = { 'm:incarnation': incarnation, 'm:version': String(version), 'm:position': state.positionText };
  for (const [field, wanted] of Object.entries(meta)) {
    const found = fields.get(field);
    if (found !== wanted) findings.add('stale-checkpoint', `${key} ${field}: ${found}, not ${wanted}`);
  }
  for (const [id, text] of state.rows) {
    const found = fields.get(`r:${id}`);
    if (found !== text) findings.add('stale-checkpoint', `${key} ${id}: ${found ?? 'missing'}, not ${text}`);
  }
  for (const field of fields.keys()) {
    const isGone = field.startsWith('r:') && !state.rows.has(field.slice(2));
    if (isGone) findings.add('stale-checkpoint', `${key} ${field}: the state has no such row`);
  }
}
