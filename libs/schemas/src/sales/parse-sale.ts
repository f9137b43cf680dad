import { COUNT_RULE, isCount, isText, isTimestamp, TEXT_RULE, TIMESTAMP_RULE } from '../records/check-field.ts';
import { objectParser } from '../records/object-parser.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault, recordFault } from '../records/record-fault.ts';
import type { SaleEvent } from './sale-event.ts';

export type ParsedSale = Parsed<SaleEvent>;

/**
 * Reads the value of a `sales-events` record by the rules of "a valid sale": extra fields are ignored, of a doubled
 * field the last counts, texts are checked before numbers and the first field that is wrong is named. Never throws.
 */
export const parseSale = objectParser(
  {
    event_id: 'unique',
    timestamp: 'number',
    product: 'repeating',
    price: 'number',
    quantity: 'number',
    region: 'repeating',
  },
  saleFrom,
);

function saleFrom([event_id, timestamp, product, price, quantity, region]: readonly unknown[]): ParsedSale {
  if (!isText(event_id)) return fieldFault('event_id', TEXT_RULE);
  if (!isText(product)) return fieldFault('product', TEXT_RULE);
  if (!isText(region)) return fieldFault('region', TEXT_RULE);
  if (!isTimestamp(timestamp)) return fieldFault('timestamp', TIMESTAMP_RULE);
  if (!isCount(price)) return fieldFault('price', COUNT_RULE);
  if (!isCount(quantity)) return fieldFault('quantity', COUNT_RULE);
  if (price * quantity > Number.MAX_SAFE_INTEGER) return recordFault('amount_out_of_range');
  // Adding 0 turns -0 into 0.
  return { ok: true, value: { eventId: event_id, timestampS: timestamp + 0, product, price, quantity, region } };
}
