import type { WithServers } from './jest-global-setup.ts';

/** Stops the servers that the set-up started. */
export default async function tearDown(): Promise<void> {
  await (globalThis as WithServers).tidemarkTestServers?.stop();
}
