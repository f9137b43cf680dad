import { TidemarkError } from '@tidemark/schemas';
import type { ErrorCode } from '@tidemark/schemas';

/** Fails unless `error` is a TidemarkError with this code. */
export function expectCode(error: unknown, code: ErrorCode): void {
  expect(error).toBeInstanceOf(TidemarkError);
  expect((error as TidemarkError).code).toBe(code);
}

/** Waits for `promise` to reject with this code. */
export async function expectRejection(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}, expected ${code}`),
    (reason: unknown) => reason,
  );
  expectCode(error, code);
}
