import { describeAdminContract, describeLogContract } from '@tidemark/testing';
import { createLogHarness } from './log-harness.ts';

describeLogContract('KafkaJS on a broker', createLogHarness);
describeAdminContract('KafkaJS on a broker', createLogHarness);
