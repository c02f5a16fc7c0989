/**
 * What is remembered of many by their names, and forgotten when it was not asked for again in a while. Plain data.
 * A Map that gives away its oldest one by one steps over all it has given away at every look for the next.
 */

/** Two tables: when the recent one is full, the older one goes. */
export interface Generations<K, T> {
  recent: Map<K, T>;
  older: Map<K, T>;
}

/** Gives an empty memory. */
export function noGenerations<K, T>(): Generations<K, T> {
  return { recent: new Map(), older: new Map() };
}

/** What is remembered under a name. */
export function recall<K, T>({ recent, older }: Generations<K, T>, name: K): T | undefined {
  return recent.get(name) ?? older.get(name);
}

/** Remembers something in place of what was there. `most` names are remembered at least, twice as many at most. */
export function remember<K, T>(memory: Generations<K, T>, name: K, value: T, most: number): void {
  if (memory.recent.size >= most && !memory.recent.has(name)) {
    memory.older = memory.recent;
    memory.recent = new Map();
  }
  memory.recent.set(name, value);
}
