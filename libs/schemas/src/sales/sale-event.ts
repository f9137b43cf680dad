/** A valid sale, as the parser lets it through. */
export interface SaleEvent {
  readonly eventId: string;
  /** Event time, whole epoch seconds, 0 to 253402300799. */
  readonly timestampS: number;
  readonly product: string;
  /** Whole units of money, 1 to 2^31-1. */
  readonly price: number;
  /** 1 to 2^31-1; price × quantity is at most 2^53-1. */
  readonly quantity: number;
  readonly region: string;
}
