import type { JobKind, NodeClientName } from './jobs/job.ts';

/** In the order of each round. */
export const CLIENT_NAMES = ['ours', 'stock', 'java', 'platformatic'] as const;
export type ClientName = NodeClientName | 'java';

/** What people know them by. */
export const CLIENT_TITLES: Readonly<Record<ClientName, string>> = {
  ours: 'tidemark',
  stock: 'KafkaJS 2.2.4',
  java: 'Java perf tool',
  platformatic: '@platformatic/kafka',
};

/** `ours` must be so many times what another client reaches. */
export interface RatioGoal {
  readonly against: ClientName;
  readonly atLeast: number;
}

export interface Measure {
  readonly title: string;
  readonly kind: JobKind;
  /** Of rates more is better; of durations less. */
  readonly unit: 'records/s' | 'ms';
  readonly clients: readonly ClientName[];
  readonly goals: readonly RatioGoal[];
  /** For our own figure itself. */
  readonly atMost?: number;
}

export const MEASURE_NAMES = ['produce', 'keyed', 'transactions', 'read', 'parse', 'smallTransaction'] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];

const ALL = CLIENT_NAMES;
const OURS_AND_STOCK = ['ours', 'stock'] as const;

export const MEASURES: Readonly<Record<MeasureName, Measure>> = {
  produce: {
    title: 'produce: acks all, idempotent, batches of 10,000',
    kind: 'produce',
    unit: 'records/s',
    clients: ALL,
    goals: [
      { against: 'stock', atLeast: 5 },
      { against: 'java', atLeast: 1.2 },
    ],
  },
  keyed: {
    title: 'produce with a key, default partitioner (murmur2)',
    kind: 'keyed',
    unit: 'records/s',
    clients: OURS_AND_STOCK,
    goals: [{ against: 'stock', atLeast: 4 }],
  },
  transactions: {
    title: 'produce in transactions of 20,000',
    kind: 'transactions',
    unit: 'records/s',
    clients: OURS_AND_STOCK,
    goals: [{ against: 'stock', atLeast: 5 }],
  },
  read: {
    title: 'read: a handler gets key, value, timestamp and offset',
    kind: 'read',
    unit: 'records/s',
    clients: ALL,
    goals: [
      { against: 'stock', atLeast: 1.5 },
      { against: 'java', atLeast: 1.2 },
    ],
  },
  parse: {
    title: 'read and parse: the sales schema; JSON.parse for KafkaJS',
    kind: 'parse',
    unit: 'records/s',
    clients: OURS_AND_STOCK,
    goals: [{ against: 'stock', atLeast: 1.3 }],
  },
  smallTransaction: {
    title: 'a transaction of one record: median',
    kind: 'smallTransaction',
    unit: 'ms',
    clients: OURS_AND_STOCK,
    goals: [],
    atMost: 12,
  },
};
