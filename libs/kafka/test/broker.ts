import { useServers } from '@tidemark/testing';

/** The broker that the tests of this lib run against. */
export const TEST_BROKERS: readonly string[] = useServers().kafkaBrokers;

/** How long a single condition may take to come true. */
export const DEADLINE_MS = 15_000;
