/** The broker that the tests of this lib run against; the test run sets the variable. */
export const TEST_BROKERS: readonly string[] = (process.env['TIDEMARK_TEST_KAFKA'] ?? '127.0.0.1:9092').split(',');

/** How long a single condition may take to come true. */
export const DEADLINE_MS = 15_000;
