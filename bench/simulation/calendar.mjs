import { SEC } from './units.mjs';

/**
 * What is to happen, in the order of its time: buckets of a second, and a heap for the present second only. Most
 * events are seconds to hours ahead, so that nearly all of them are put into a bucket once and sorted in once.
 * @param {number} start
 */
export function createCalendar(start) {
  const buckets = new Map();
  /** The present second: a binary heap by time, then by order of entry. */
  const heap = [];
  let present = Math.floor(start / SEC);
  let entries = 0;
  let scheduled = 0;
  const before = (x, y) => x.time < y.time || (x.time === y.time && x.entry < y.entry);

  function push(event) {
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!before(event, heap[up])) break;
      heap[i] = heap[up];
      i = up;
    }
    heap[i] = event;
  }
  function pop() {
    const top = heap[0];
    const event = heap.pop();
    const size = heap.length;
    if (size === 0) return top;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= size) break;
      if (down + 1 < size && before(heap[down + 1], heap[down])) down++;
      if (!before(heap[down], event)) break;
      heap[i] = heap[down];
      i = down;
    }
    heap[i] = event;
    return top;
  }
  /** Calls `act(time, a, b)` at that time. */
  function at(time, act, a, b) {
    const event = { time, entry: entries++, act, a, b };
    scheduled++;
    const second = Math.floor(time / SEC);
    if (second <= present) {
      push(event);
      return;
    }
    const bucket = buckets.get(second);
    if (bucket === undefined) buckets.set(second, [event]);
    else bucket.push(event);
  }
  function run() {
    while (scheduled > 0) {
      while (heap.length === 0) {
        present++;
        const bucket = buckets.get(present);
        if (bucket === undefined) continue;
        buckets.delete(present);
        for (const event of bucket) push(event);
      }
      const event = pop();
      scheduled--;
      event.act(event.time, event.a, event.b);
    }
  }

  return { at, run };
}
