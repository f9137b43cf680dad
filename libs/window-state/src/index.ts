export * from './keyed-state.ts';
export * from './measures.ts';
export * from './row-schema.ts';
export * from './state-row.ts';
export * from './windows.ts';
