import type { WithBroker } from './global-setup.ts';

export default async function tearDown(): Promise<void> {
  await (globalThis as WithBroker).tidemarkE2eBroker?.stop();
}
