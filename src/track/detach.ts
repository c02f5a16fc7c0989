/** Cutting strings loose from the batch they were sliced from, which they would otherwise keep in memory whole. */

/** V8 copies slices shorter than this of its own accord. */
const SHORTEST_SLICE = 13;

/** A copy of `text` that shares nothing with the batch. */
export function detach(text: string): string;
export function detach(text: string | undefined): string | undefined;
export function detach(text: string | undefined): string | undefined {
  if (text === undefined || text.length < SHORTEST_SLICE) return text;
  return Buffer.from(text).toString();
}

/** Cuts loose every string that an object holds directly; objects within it are left alone. */
export function detachFields(record: object): void {
  const fields = record as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (typeof value === 'string') fields[key] = detach(value);
  }
}
