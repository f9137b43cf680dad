import type { Producer } from 'kafkajs';
import type { Closable } from '../client/connect.ts';

/** A producer whose answer never comes waits for its request time-out; nobody else has to wait for that. */
const CLOSE_WITHIN_MS = 1_000;

/** Disconnects, then ends whatever is left; what goes wrong meanwhile is of no use to anyone. Never throws. */
export async function closeQuietly({ client: producer, shut }: Closable<Producer>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_WITHIN_MS);
  });
  await Promise.race([producer.disconnect().catch(() => undefined), waited]);
  clearTimeout(timer);
  shut();
}
