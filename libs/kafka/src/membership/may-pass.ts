/**
 * Whether it is worth joining the group again after this error. KafkaJS calls a coordinator that it cannot find final,
 * although all that it takes is a broker behind a proxy, or just going down, that accepts connections and closes them.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.cause !== undefined) return mayPass(error.cause);
  const { name, retriable } = error as Error & { readonly retriable?: boolean };
  return name === 'KafkaJSGroupCoordinatorNotFound' || retriable === true;
}
