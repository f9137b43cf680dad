import { isFenced, protocolErrorType } from './protocol-error.ts';

function protocolError(type: string, message = type): Error {
  return Object.assign(new Error(message), { type });
}

it('finds the protocol error beneath the layers of retries', () => {
  const inner = protocolError('UNKNOWN_TOPIC_OR_PARTITION');
  const outer = new Error('no more retries', { cause: new Error('wrapped', { cause: inner }) });
  expect(protocolErrorType(outer)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  expect(protocolErrorType(new Error('a plain one'))).toBeUndefined();
  expect(protocolErrorType('no error at all')).toBeUndefined();
});

it('survives an error that is its own cause', () => {
  const circular = new Error('round');
  circular.cause = circular;
  expect(protocolErrorType(circular)).toBeUndefined();
});

it.each(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED'])('knows %s for fencing', (type) => {
  expect(isFenced(new Error('wrapped', { cause: protocolError(type) }))).toBe(true);
});

it('knows the fencing error that KafkaJS has no name for, and no other', () => {
  expect(isFenced(protocolError('KAFKAJS_UNKNOWN_ERROR_CODE', 'Unknown error code 90'))).toBe(true);
  expect(isFenced(protocolError('KAFKAJS_UNKNOWN_ERROR_CODE', 'Unknown error code 901'))).toBe(false);
  expect(isFenced(protocolError('CONCURRENT_TRANSACTIONS'))).toBe(false);
});
