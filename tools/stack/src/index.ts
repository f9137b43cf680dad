export { type KafkaServer, startKafka } from './kafka/start-kafka.ts';
export { type LocalServerOptions } from './process/local-server.ts';
export { type OnProgress } from './progress.ts';
export { type RedisData, type RedisServer, startRedis } from './redis/start-redis.ts';
export { ensureSystemPackage, type SystemPackage } from './system/ensure-package.ts';
export { describeStack, resetStack, stopStack } from './manage-stack.ts';
export { startStack, type StartStackOptions } from './start-stack.ts';
export { type ServerName, type Source, type Stack, type StackServer } from './stack.ts';
