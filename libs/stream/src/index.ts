export * from './ports/checkpoint.ts';
export * from './ports/clock.ts';
export * from './ports/log.ts';
export * from './ports/logger.ts';
export * from './ports/membership.ts';
