import { partitionForKey, type OutputRecord } from '@tidemark/stream';
import type { Random } from '@tidemark/testing';

/** How the load is; the same values and seed give the same events. */
export interface LoadOptions {
  /** Event time of the first event, epoch s; so long ago that no event is from the future. */
  readonly startS: number;
  /** Events per second of event time. */
  readonly eventsPerSecond: number;
  /** Number of the first event that may be late; before it there is nothing yet that it could be late for. */
  readonly lateFrom: number;
  readonly random: Random;
}

const PARTITIONS = 3;
const [PRODUCTS, USERS, ITEMS] = [20, 300, 60];
const REGIONS = ['North', 'South', 'East', 'West'] as const;
const CATEGORIES = ['books', 'garden', 'music', 'sports', 'toys', 'tools'] as const;
const ACTIONS = ['view', 'view', 'view', 'view', 'purchase', 'cart', 'search'] as const;
const DISORDER_S = 3;
/** Later than any watermark stays behind, whatever happens: so nothing is late for some of its windows alone. */
const LATE_BY_S = 5 * 3_600;
const FUTURE_S = 4_000_000_000;

/** Of 1,000 events so many are sales, so many of either kind are malformed, late, or from the future. */
const PER_MILLE = { sales: 700, malformed: 20, late: 5, future: 2 };

/** The next event: a sale or a behavior event, now and then a bad one. To be called in the order of the numbers. */
export function makeEvent(options: LoadOptions, number: number): OutputRecord {
  const { random } = options;
  const isSale = random(1_000) < PER_MILLE.sales;
  const quality = random(1_000);
  const timestamp = timestampOf(options, number, quality);
  const valueOf = (event: object) => {
    const text = JSON.stringify(event);
    return quality < PER_MILLE.malformed ? malform(random, text) : text;
  };
  const headers = { n: String(number) };
  if (isSale) {
    const value = valueOf(sale(random, number, timestamp));
    return { topic: 'sales-events', partition: random(PARTITIONS), key: null, value, headers };
  }
  const event = behavior(random, timestamp);
  const key = event.user_id;
  const partition = partitionForKey(key, PARTITIONS);
  return { topic: 'user-behavior', partition, key, value: valueOf(event), headers };
}

function timestampOf({ startS, eventsPerSecond, lateFrom, random }: LoadOptions, number: number, quality: number) {
  const nowS = startS + Math.floor(number / eventsPerSecond) - random(DISORDER_S);
  const kind = quality - PER_MILLE.malformed;
  if (kind < 0 || kind >= PER_MILLE.late + PER_MILLE.future) return nowS;
  if (kind >= PER_MILLE.late) return FUTURE_S;
  return number < lateFrom ? nowS : nowS - LATE_BY_S;
}

function sale(random: Random, number: number, timestamp: number) {
  const product = `product_${random(PRODUCTS)}`;
  const [price, quantity] = [100 + random(901), 1 + random(5)];
  const region = REGIONS[random(REGIONS.length)];
  return { event_id: `event_${number}`, timestamp, product, price, quantity, region };
}

function behavior(random: Random, timestamp: number) {
  const item = random(ITEMS);
  const category = CATEGORIES[item % CATEGORIES.length];
  const action = ACTIONS[random(ACTIONS.length)];
  return { user_id: `user_${random(USERS)}`, item_id: `item_${item}`, action, timestamp, category };
}

/** Ways in which an event can be none. */
const MALFORMATIONS: readonly ((text: string) => string | Buffer | null)[] = [
  (text) => text.slice(0, text.length >> 1),
  (text) => text.replace(/"timestamp":\d+,/, ''),
  (text) => text.replace(/"timestamp":(\d+)/, '"timestamp":"$1"'),
  (text) => `\ufeff${text}`,
  (text) => Buffer.concat([Buffer.from(text.slice(0, 14)), Buffer.from([0xff]), Buffer.from(text.slice(14))]),
  (text) => `[${text}]`,
  () => '',
  () => null,
];

function malform(random: Random, text: string): string | Buffer | null {
  return MALFORMATIONS[random(MALFORMATIONS.length)]!(text);
}
