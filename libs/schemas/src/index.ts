export * from './errors/tidemark-error.ts';
