/** V8 copies slices shorter than this of its own accord. */
const SHORTEST_SLICE = 13;

/**
 * A copy of `text` that does not keep alive the batch from which `text` was sliced.
 * V8 makes one string of both parts before it cuts the slice off it: half the price of a way through a buffer.
 */
export function copy(text: string): string {
  return text.length < SHORTEST_SLICE ? text : ` ${text}`.slice(1);
}
