const PRODUCTS = ['laptop', 'phone', 'tablet', 'watch'];
const REGIONS = ['North', 'South', 'East', 'West'];
const PROBE_EVERY = 20;

/**
 * Whether the event has a product of its own. Its window row then changes by this event alone, so that its update can
 * be told from all others; most events are of few products, as sales are.
 */
export function isProbe(index: number): boolean {
  return index % PROBE_EVERY === 0;
}

/** A sale with this number that happens now. @param nowMs epoch ms */
export function saleText(index: number, nowMs: number): string {
  return JSON.stringify({
    event_id: `event_${index}`,
    timestamp: Math.floor(nowMs / 1_000),
    product: isProbe(index) ? `probe_${index}` : PRODUCTS[index % 4],
    price: 100 + (index % 900),
    quantity: 1 + (index % 5),
    region: REGIONS[(index >> 2) % 4],
  });
}

/** The number of the event in a value of `processed-events`. */
export function eventIndex(value: Buffer | null): number | undefined {
  return indexIn(value, /"event_id":"event_(\d+)"/);
}

/** The number of the only event in a row of `window-sales`; undefined for a row of several. */
export function probeIndex(value: Buffer | null): number | undefined {
  return indexIn(value, /"product":"probe_(\d+)"/);
}

function indexIn(value: Buffer | null, pattern: RegExp): number | undefined {
  const match = pattern.exec(value?.toString('latin1') ?? '');
  return match === null ? undefined : Number(match[1]);
}
