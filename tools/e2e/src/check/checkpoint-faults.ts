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
  for (const key of keys) faults.push(...rowFaults(key, states.get(key), await readHash(redisUrl, key)));
  return faults;
}

/** Rows of all tasks, by the key of the task's checkpoint, as a reader of committed records sees them. */
async function changelogStates(broker: string, worker: string): Promise<Map<string, Map<string, string>>> {
  const prefix = `tidemark.${worker}.`;
  const topics = [...(await listTopics(broker)).keys()].filter((topic) => topic.startsWith(prefix));
  const states = new Map<string, Map<string, string>>();
  for (const topic of topics.filter((name) => name.endsWith('.changelog'))) {
    const stage = topic.slice(prefix.length, -'.changelog'.length);
    for (const { partition, key, value } of await readTopic(broker, topic)) {
      const task = `tidemark:{${worker}}:${worker}/${stage}/${partition}`;
      const rows = states.get(task) ?? new Map<string, string>();
      states.set(task, rows);
      const field = /^row:(.*)$/s.exec(key?.toString() ?? '')?.[1];
      if (field === undefined) continue;
      if (value === null) rows.delete(`r:${field}`);
      else rows.set(`r:${field}`, value.toString());
    }
  }
  return states;
}

function rowFaults(key: string, rows: ReadonlyMap<string, string> | undefined, hash: ReadonlyMap<string, string>) {
  if (rows === undefined) return [];
  const stored = [...hash].filter(([field]) => field.startsWith('r:'));
  const wrong = stored.filter(([field, value]) => rows.get(field) !== value);
  const faults = wrong.map(([field, value]) => `${key} ${field}: ${value}, not ${rows.get(field)}`);
  return stored.length - wrong.length === rows.size
    ? faults
    : [...faults, `${key}: ${stored.length} of ${rows.size} rows`];
}
