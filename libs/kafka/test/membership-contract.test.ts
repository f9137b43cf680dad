import { describeMembershipContract } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { TEST_BROKERS } from './broker.ts';

/** The broker's own lower limit (`group.min.session.timeout.ms`). */
const SESSION_TIMEOUT_MS = 6_000;

describeMembershipContract('KafkaJS on a broker', async () => {
  const { admin } = createKafka({ brokers: TEST_BROKERS, clientId: 'membership-contract' });
  return {
    membership: () => createKafka({ brokers: TEST_BROKERS }).membership,
    admin,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    deadlineMs: 20_000,
    close: () => admin.close(),
  };
});
