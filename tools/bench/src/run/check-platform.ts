import { existsSync } from 'node:fs';
import { TidemarkError } from '@tidemark/schemas';

/** @throws TidemarkError TM_CONFIG_INVALID where processes cannot be measured */
export function checkPlatform(): void {
  if (existsSync('/proc/self/status')) return;
  throw new TidemarkError(
    'TM_CONFIG_INVALID',
    'memory and CPU are read from /proc, which this system lacks: use Linux',
  );
}
