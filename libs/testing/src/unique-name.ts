import { randomUUID } from 'node:crypto';

/** A name that no other test uses, on a server that many tests share: `orders` → `orders-1f0c9a2b`. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}
