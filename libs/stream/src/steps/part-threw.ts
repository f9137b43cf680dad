/** A part of a topology beside the step has thrown. Its name stands in the error record where else the step's does. */
export class PartThrew extends Error {
  readonly part: string;

  /** @param part such as `query windows` or `sink sales-summary` */
  constructor(part: string, cause: unknown) {
    super(String(cause), { cause });
    this.name = 'PartThrew';
    this.part = part;
  }
}
