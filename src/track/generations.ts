/**
 * What is remembered of many by their names, and forgotten when it was not asked for again in a while. Plain data.
 * A Map that gives away its oldest one by one steps over all it has given away at every look for the next.
 */

/** Two tables: when the recent one is full, the older one goes. */
export interface Generations<T> {
  recent: Map<string, T>;
  older: Map<string, T>;
}

/** Gives an empty memory. */
export function noGenerations<T>(): Generations<T> {
  return { recent: new Map(), older: new Map() };
}

/** What is remembered under a name. */
export function recall<T>({ recent, older }: Generations<T>, name: string): T | undefined {
  return recent.get(name) ?? older.get(name);
}

/** Remembers something in place of what was there. `most` names are remembered at least, twice as many at most. */
export function remember<T>(memory: Generations<T>, name: string, value: T, most: number): void {
  if (memory.recent.size >= most && !memory.recent.has(name)) {
    memory.older = memory.recent;
    memory.recent = new Map();
  }
  memory.recent.set(name, value);
}

/** Adds what a later part of the log remembers. */
export function mergeGenerations<T>(into: Generations<T>, later: Generations<T>, most: number): void {
  for (const [name, value] of later.older) remember(into, name, value, most);
  for (const [name, value] of later.recent) remember(into, name, value, most);
}
