/** Thrown while unpacking, as soon as the limit is passed; whoever set the limit words the error. */
export class TooLarge extends Error {}

export function tooLarge(): never {
  throw new TooLarge('above the limit once unpacked');
}
