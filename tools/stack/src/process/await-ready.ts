import { stackUnavailable, tailOfFiles } from '../errors.ts';
import { HOST } from '../probe/ports.ts';
import { type ProcessIdentity, isRunning } from './identity.ts';
import type { ServerKind } from './local-server.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Waits until the server answers in its own protocol.
 * @throws TM_STACK_UNAVAILABLE with the last lines of its log: at once when its process ends, or after `deadlineMs`
 */
export async function awaitReady(
  process: ProcessIdentity,
  kind: Pick<ServerKind, 'name' | 'answers' | 'logFiles'>,
  dataDir: string,
  port: number,
  deadlineMs: number,
): Promise<void> {
  const check = async () => {
    if (!isRunning(process)) return 'ended';
    return (await kind.answers({ host: HOST, port })) ? 'ready' : undefined;
  };
  const outcome = await waitUntil(check, { deadlineMs });
  if (outcome === 'ready') return;
  const what = outcome === 'ended' ? 'ended while starting' : `did not answer on port ${port} in ${deadlineMs} ms`;
  const advice = 'Its log should say why; "npm run stack -- reset --yes" starts over with empty data.';
  throw stackUnavailable(`${kind.name} ${what}. ${advice}${tailOfFiles(kind.logFiles(dataDir))}`);
}
