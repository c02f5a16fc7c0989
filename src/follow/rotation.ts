/** The names that a log gets when it is rotated: `mail.log.1`, `mail.log-20261124.gz`, `mail-20261124.log`. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * What rotation puts into a name: a number, a date, or a date and a time (`.1`, `-20261124`, `-2026-11-24T06`,
 * `.old`). One class of characters behind one of separators, so nothing to backtrack.
 */
const STAMP = /^[._-](?:old|\d[\dT:._-]{0,30})$/;
const PACKED = /\.(?:gz|zst|xz|bz2|Z)$/;

/** A file that a log may have become. */
export interface Rotated {
  readonly path: string;
  /** Grows with time, as far as the name tells. */
  readonly generation: string | number;
  readonly packed: boolean;
}

/** What a name says about its place among the rotated files of `base`; undefined where it is none of them. */
export function rotationOf(base: string, name: string): Omit<Rotated, 'path'> | undefined {
  if (name === base) return undefined;
  const plain = name.replace(PACKED, '');
  const packed = plain !== name;
  const stamp = stampOf(base, plain);
  if (stamp === undefined || !STAMP.test(stamp)) return undefined;
  // `.1` counts back from now; dates, and numbers behind a dash, do not.
  const count = /^\.(\d{1,4})$/.exec(stamp)?.[1];
  return { generation: count === undefined ? stamp.slice(1) : -Number(count), packed };
}

function stampOf(base: string, name: string): string | undefined {
  if (name.startsWith(base)) return name.slice(base.length);
  const dot = base.lastIndexOf('.');
  if (dot <= 0) return undefined;
  const [stem, ending] = [base.slice(0, dot), base.slice(dot)];
  return name.startsWith(stem) && name.endsWith(ending)
    ? name.slice(stem.length, name.length - ending.length)
    : undefined;
}

/** The rotated files of a log that lie beside it, the oldest first. */
export async function rotatedFiles(path: string): Promise<Rotated[]> {
  const folder = dirname(path);
  const base = basename(path);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    // What is wrong with the folder is told when the log itself is opened.
    return [];
  }
  const found = names.flatMap((name): Rotated[] => {
    const rotation = rotationOf(base, name);
    return rotation === undefined ? [] : [{ path: join(folder, name), ...rotation }];
  });
  return found.sort(byGeneration);
}

/** Dates before numbers: whoever changed from dates to numbers has the newer ones numbered; both at once is rare. */
function byGeneration(a: Rotated, b: Rotated): number {
  if (typeof a.generation !== typeof b.generation) return typeof a.generation === 'string' ? -1 : 1;
  if (a.generation !== b.generation) return a.generation < b.generation ? -1 : 1;
  return Number(a.packed) - Number(b.packed);
}
