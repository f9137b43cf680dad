import { listTopics } from '../kcat/topics.ts';
import { readTopic } from '../kcat/read-topic.ts';
import { checkpointKeys, readHash } from './redis.ts';

/** Where the state is decided (changelogs) and where it is copied to (Redis). */
export interface StatePlaces {
  /** `host:port` */
  readonly broker: string;
  readonly redisUrl: string;
}

/** What differs between the changelogs of a worker and its checkpoints, in words; nothing when Redis has it all. */
export async function checkpointFaults({ broker, redisUrl }: StatePlaces, worker: string): Promise<string[]> {
  const states = await changelogStates(broker, worker);
  const keys = await checkpointKeys(redisUrl, worker);
  const missing = [...states.keys()].filter((key) => !keys.includes(key)).map((key) => `${key}: missing`);
  const strange = keys.filter((key) => !states.has(key)).map((key) => `${key}: not expected`);
  const faults = [...missing, ...strange];
  for (const key of keys) {
    const state = states.get(key);
    if (state === undefined) continue;
    const hash = await readHash(redisUrl, key);
    faults.push(...rowFaults(key, state.rows, hash), ...positionFaults(key, state.position, hash));
  }
  return faults;
}

/** What the changelog of a task says: rows by their field in Redis, and the text of its position. */
interface ChangelogState {
  readonly rows: Map<string, string>;
  position: string | undefined;
}

/** Of all tasks, by the key of the task's checkpoint, as a reader of committed records sees them. */
async function changelogStates(broker: string, worker: string): Promise<Map<string, ChangelogState>> {
  const prefix = `tidemark.${worker}.`;
  const topics = [...(await listTopics(broker)).keys()].filter((topic) => topic.startsWith(prefix));
  const states = new Map<string, ChangelogState>();
  for (const topic of topics.filter((name) => name.endsWith('.changelog'))) {
    const stage = topic.slice(prefix.length, -'.changelog'.length);
    for (const { partition, key, value } of await readTopic(broker, topic)) {
      const task = `tidemark:{${worker}}:${worker}/${stage}/${partition}`;
      const state = states.get(task) ?? { rows: new Map<string, string>(), position: undefined };
      states.set(task, state);
      if (key?.toString() === 'position') state.position = value?.toString();
      const field = /^row:(.*)$/s.exec(key?.toString() ?? '')?.[1];
      if (field === undefined) continue;
      if (value === null) state.rows.delete(`r:${field}`);
      else state.rows.set(`r:${field}`, value.toString());
    }
  }
  return states;
}

function rowFaults(key: string, rows: ReadonlyMap<string, string>, hash: ReadonlyMap<string, string>): string[] {
  const stored = [...hash].filter(([field]) => field.startsWith('r:'));
  const wrong = stored.filter(([field, value]) => rows.get(field) !== value);
  const faults = wrong.map(([field, value]) => `${key} ${field}: ${value}, not ${rows.get(field)}`);
  return stored.length - wrong.length === rows.size
    ? faults
    : [...faults, `${key}: ${stored.length} of ${rows.size} rows`];
}

/** The version is a part of the position, and stands beside it for the scripts. */
function positionFaults(key: string, position: string | undefined, hash: ReadonlyMap<string, string>): string[] {
  const { version } = JSON.parse(position ?? '{}') as { version?: number };
  const wanted = { 'm:position': position, 'm:version': version?.toString() };
  return Object.entries(wanted)
    .filter(([field, value]) => hash.get(field) !== value)
    .map(([field, value]) => `${key} ${field}: ${hash.get(field)}, not ${value}`);
}
