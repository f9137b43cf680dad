import { parseBrokers } from './brokers.ts';

test('brokers are host and port, comma-separated', () => {
  expect(parseBrokers('127.0.0.1:9092, kafka-1.example:19092,[::1]:9092')).toEqual([
    '127.0.0.1:9092',
    'kafka-1.example:19092',
    '[::1]:9092',
  ]);
});

test.each(['', 'localhost', 'localhost:0', 'localhost:65536', 'a:1,,b:2', 'kafka://a:1', '::1:9092'])(
  '"%s" is refused',
  (text) => expect(parseBrokers(text)).toBeUndefined(),
);
