import type { Clock } from '@tidemark/stream';

interface Event {
  readonly dueMs: number;
  /** Breaks ties: what was scheduled first happens first. */
  readonly order: number;
  fn: (() => void) | undefined;
}

/** Time of a simulated world: nothing happens but the events that were scheduled, each at its own time. */
export class ModelTime implements Clock {
  readonly #heap: Event[] = [];
  #nowMs: number;
  #scheduled = 0;
  #events = 0;
  readonly #mostEvents: number;

  /**
   * @param startMs epoch ms that it shows first
   * @param mostEvents after so many nothing happens any more: who has something to do at once again and again never rests
   */
  constructor(startMs: number, mostEvents = Infinity) {
    this.#nowMs = startMs;
    this.#mostEvents = mostEvents;
  }

  /** Whether it has stopped since there was no end to what happened. */
  get isRestless(): boolean {
    return this.#events >= this.#mostEvents;
  }

  now(): number {
    return this.#nowMs;
  }

  /** How many events have happened. */
  get events(): number {
    return this.#events;
  }

  schedule(delayMs: number, fn: () => void): () => void {
    // As a computer's clock shows it: whole milliseconds.
    const event: Event = { dueMs: this.#nowMs + Math.ceil(Math.max(0, delayMs)), order: (this.#scheduled += 1), fn };
    push(this.#heap, event);
    return () => (event.fn = undefined);
  }

  /** Resolves `delayMs` from now. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(delayMs, resolve));
  }

  /** Lets everything happen that is due up to `untilMs` (epoch ms), each event with all that it starts by itself. */
  async runUntil(untilMs: number): Promise<void> {
    await settle();
    for (let event = this.#heap[0]; event !== undefined && event.dueMs <= untilMs; event = this.#heap[0]) {
      if (this.isRestless) break;
      pop(this.#heap);
      if (event.fn === undefined) continue;
      this.#nowMs = event.dueMs;
      this.#events += 1;
      event.fn();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

/** Resolves once all promises that need no further event are settled: the loop of the host turns once. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isBefore(a: Event, b: Event): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const parent = (index - 1) >>> 1;
    if (!isBefore(event, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
}
