import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/**
 * A package with a native part, or undefined where that part is missing: platforms without a prebuilt binary, installs
 * that leave out optional packages, single-file bundles.
 */
export function loadOptional<T>(name: string): T | undefined {
  try {
    return load(name) as T;
  } catch {
    return undefined;
  }
}
