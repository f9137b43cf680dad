import { isText, isTimestamp, TEXT_RULE, TIMESTAMP_RULE } from '../records/check-field.ts';
import { objectParser } from '../records/object-parser.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault } from '../records/record-fault.ts';

/** What a user did with an item. */
export interface BehaviorEvent {
  readonly userId: string;
  readonly itemId: string;
  /** `view`, `purchase`, `cart`, `search`, or any other. */
  readonly action: string;
  readonly category: string;
  /** Event time, whole epoch seconds, 0 to 253402300799. */
  readonly timestampS: number;
}

export type ParsedBehavior = Parsed<BehaviorEvent>;

/** Reads the value of a `user-behavior` record, by rules like those of a sale. Never throws. */
export const parseBehavior = objectParser(
  {
    user_id: 'repeating',
    item_id: 'repeating',
    action: 'repeating',
    timestamp: 'number',
    category: 'repeating',
  },
  behaviorFrom,
);

function behaviorFrom([user_id, item_id, action, timestamp, category]: readonly unknown[]): ParsedBehavior {
  if (!isText(user_id)) return fieldFault('user_id', TEXT_RULE);
  if (!isText(item_id)) return fieldFault('item_id', TEXT_RULE);
  if (!isText(action)) return fieldFault('action', TEXT_RULE);
  if (!isText(category)) return fieldFault('category', TEXT_RULE);
  if (!isTimestamp(timestamp)) return fieldFault('timestamp', TIMESTAMP_RULE);
  return { ok: true, value: { userId: user_id, itemId: item_id, action, category, timestampS: timestamp + 0 } };
}
