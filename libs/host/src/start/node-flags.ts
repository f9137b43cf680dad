/**
 * How Node is started for a worker: with a young generation that stays small, which V8 would let grow to more than 100 MB
 * under load, and to some 50 MB at rest; and with full collections only once the heap is four times what is in use, since
 * what is fetched counts as heap and would have it collected several times a second (`npm run bench -- pipeline`,
 * `npm run bench -- idle`).
 */
export const WORKER_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=16', '--heap-growing-percent=300'];
