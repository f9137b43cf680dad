export * from './contracts/log-harness.ts';
export * from './contracts/log-contract.ts';
export * from './contracts/admin-contract.ts';
export * from './seeded-random.ts';
export * from './unique-name.ts';
export * from './wait-for.ts';
