import { loadOptional } from './load-optional.ts';

it('loads what is installed, and answers undefined for what is not', () => {
  expect(typeof loadOptional<{ crc32c: unknown }>('@node-rs/crc32')?.crc32c).toBe('function');
  expect(loadOptional('a-package-that-nobody-has')).toBeUndefined();
});
