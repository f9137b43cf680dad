/** Final by what KafkaJS says of them, but no more than a broker that is away or slow makes of them. */
const PASSING_NAMES: ReadonlySet<string> = new Set(['KafkaJSGroupCoordinatorNotFound', 'KafkaJSLockTimeout']);

/**
 * Whether it is worth joining the group again after this error. KafkaJS calls a coordinator that it cannot find final,
 * although all that it takes is a broker behind a proxy, or just going down, that accepts connections and closes them; and
 * a lock that it waits for while another request connects to a broker that does not answer.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.cause !== undefined) return mayPass(error.cause);
  const { name, retriable } = error as Error & { readonly retriable?: boolean };
  return PASSING_NAMES.has(name) || retriable === true;
}
