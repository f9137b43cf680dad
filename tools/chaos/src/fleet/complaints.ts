import { waitUntil } from '@tidemark/stack';
import type { Instance } from './fleet.ts';

const ANSWERS_WITHIN_MS = 10_000;
const ASK_EVERY_MS = 500;

/**
 * Asks the `/livez` of each until all are well: what only holds a task up is soon over, a task that has stopped is not.
 * @returns what they complain of in the end
 */
export async function complaintsOf(instances: readonly Asked[], withinMs: number): Promise<readonly string[]> {
  let complaints: readonly string[] = [];
  const ask = async () => {
    const answers = await Promise.all(instances.map(complaintOf));
    complaints = answers.filter((answer) => answer !== undefined);
    return complaints.length === 0 ? true : undefined;
  };
  await waitUntil(ask, { deadlineMs: withinMs, everyMs: ASK_EVERY_MS });
  return complaints;
}

type Asked = Pick<Instance, 'name'> & { readonly worker: Pick<Instance['worker'], 'url'> };

/** Never rejects: who does not answer is not well. */
async function complaintOf({ name, worker }: Asked): Promise<string | undefined> {
  try {
    const response = await fetch(`${worker.url}/livez`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    const text = await response.text();
    return response.ok ? undefined : `${name}: /livez answers ${response.status}: ${text}`;
  } catch (error) {
    return `${name}: /livez does not answer: ${(error as Error).message}`;
  }
}
