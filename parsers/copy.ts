/** V8 copies slices shorter than this of its own accord. */
const SHORTEST_SLICE = 13;

/**
 * A copy of `text` that does not keep alive the batch from which `text` was sliced.
 * Joined from two parts it is a string of its own, not a slice of one: a quarter dearer than cutting it off a longer
 * copy, but two to three times as fast to be looked up, each time.
 */
export function copy(text: string): string {
  return text.length < SHORTEST_SLICE ? text : [text.slice(0, 1), text.slice(1)].join('');
}
