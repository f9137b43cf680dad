import type { Random } from './random.ts';
import { oneOf } from './random.ts';
import type { SaleValue } from './generate-sale.ts';

type Malform = (text: string) => SaleValue;

/** Ways in which real feeds go wrong; each makes a valid sale's text into something that the parser must refuse. */
export const MALFORMATIONS: Readonly<Record<string, Malform>> = {
  cut: (text) => text.slice(0, text.length >> 1),
  notJson: () => 'not json',
  array: (text) => `[${text}]`,
  twice: (text) => text + text,
  missingField: (text) => text.replace(/,"region":"[^"]*"/, ''),
  emptyText: (text) => text.replace(/"product":"[^"]*"/, '"product":""'),
  numberAsText: (text) => text.replace(/"price":(\d+)/, '"price":"$1"'),
  fraction: (text) => text.replace(/"price":(\d+)/, '"price":$1.5'),
  negative: (text) => text.replace('"quantity":', '"quantity":-'),
  byteOrderMark: (text) => `\ufeff${text}`,
  invalidUtf8: (text) =>
    Buffer.concat([Buffer.from(text.slice(0, 14)), Buffer.from([0xff]), Buffer.from(text.slice(14))]),
  empty: () => '',
  tombstone: () => null,
};

const ways = Object.values(MALFORMATIONS) as [Malform, ...Malform[]];

/** The value made wrong in a random way. */
export function malform(random: Random, text: string): SaleValue {
  return oneOf(random, ways)(text);
}
