import { parseRedisUrl } from './redis-url.ts';

test.each([
  ['redis://127.0.0.1:6379', { host: '127.0.0.1', port: 6379, db: 0 }],
  ['redis://cache', { host: 'cache', port: 6379, db: 0 }],
  ['redis://[::1]:7000/4', { host: '::1', port: 7000, db: 4 }],
  ['rediss://ann:p%40ss@cache:6380/', { host: 'cache', port: 6380, db: 0, username: 'ann', password: 'p@ss', tls: {} }],
])('reads %s', (url, expected) => {
  expect(parseRedisUrl(url)).toEqual(expected);
});

test.each(['', 'localhost:6379', 'http://cache', 'redis://', 'redis://cache/one'])('refuses %j', (url) => {
  expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ code: 'TM_CONFIG_INVALID' }));
});
