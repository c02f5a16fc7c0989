/**
 * Cutting strings loose from the batch they were sliced from, which they would otherwise keep in memory whole: whoever
 * keeps a string beyond its line copies it when he takes it.
 */
import { copy as copyText } from '../../parsers/copy.ts';

/** A copy of `text`, where there is one, that shares nothing with the batch. */
export function copy(text: string): string;
export function copy(text: string | undefined): string | undefined;
export function copy(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copyText(text);
}

/** Cuts loose every string that an object holds directly; objects within it are left alone. */
export function detachFields(record: object): void {
  const fields = record as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (typeof value === 'string') fields[key] = copyText(value);
  }
}
