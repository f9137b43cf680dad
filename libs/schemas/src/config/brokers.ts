export const BROKERS_RULE = 'host:port of one or more brokers, comma-separated, such as 127.0.0.1:9092';

/** Brokers by `host:port`; an IPv6 host stands in brackets. Undefined when one is none. */
export function parseBrokers(text: string): readonly string[] | undefined {
  const brokers = text.split(',').map((broker) => broker.trim());
  return brokers.every(isBroker) ? brokers : undefined;
}

function isBroker(broker: string): boolean {
  const [, port] = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+):(\d{1,5})$/i.exec(broker) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}
