import { TidemarkError } from '@tidemark/schemas';
import { filterAbortedMessages } from '../kafkajs/internals.ts';

/** Set on the patched function by `patches/kafkajs+2.2.4.patch`. */
const PATCH_MARK = Symbol.for('tidemark.kafkajs.patch');

/** Raised with every change of the patch that this lib counts on: 5 since a join that broke off is begun again. */
const PATCH_NUMBER = 5;

/** Whether this KafkaJS function carries the mark of our patch, as it is now. */
export function isPatched(filter: unknown): boolean {
  return typeof filter === 'function' && (filter as { [PATCH_MARK]?: unknown })[PATCH_MARK] === PATCH_NUMBER;
}

/**
 * Refuses a KafkaJS as published: it hands out records of aborted transactions.
 * @throws TidemarkError (TM_KAFKA_UNPATCHED)
 */
export function checkPatch(filter: unknown = filterAbortedMessages): void {
  if (isPatched(filter)) return;
  throw new TidemarkError(
    'TM_KAFKA_UNPATCHED',
    'the kafkajs in node_modules was installed without patches/kafkajs+2.2.4.patch, or with an older one; run ' +
      '"npx patch-package" in the root of the repo (npm install does it, unless scripts are switched off), and where an ' +
      'older patch is in the way, remove node_modules/kafkajs and run "npm install"',
  );
}
