import {
  KafkaJSConnectionError,
  KafkaJSGroupCoordinatorNotFound,
  KafkaJSLockTimeout,
  KafkaJSNonRetriableError,
} from 'kafkajs';
import { mayPass } from './may-pass.ts';

/** The client's types leave out that they take a message. */
const NotFound = KafkaJSGroupCoordinatorNotFound as new (message: string) => Error;
const LockTimeout = KafkaJSLockTimeout as new (message: string) => Error;
const wrapped = (cause: Error) => Object.assign(new KafkaJSNonRetriableError(cause), { cause });

test.each([
  ['a coordinator that is not found', wrapped(new NotFound('Failed to find group coordinator')), true],
  ['a lock on a connection that is not made', new LockTimeout('Timeout while acquiring lock'), true],
  ['a lost connection', wrapped(new KafkaJSConnectionError('Connection timeout')), true],
  ['anything else that the client calls final', new KafkaJSNonRetriableError('Invalid topic'), false],
  ['no error at all', undefined, false],
])('%s', (_, error, passes) => expect(mayPass(error)).toBe(passes));
