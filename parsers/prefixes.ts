/** Telling lines by their beginnings, of which an MTA has a hundred or two. */

/** Beginnings by their first character, so that few are compared with each line. */
export type Prefixes = ReadonlyMap<number, readonly string[]>;

/** Puts beginnings into a table. */
export function prefixes(list: readonly string[]): Prefixes {
  const groups = new Map<number, string[]>();
  for (const prefix of list) {
    const first = prefix.charCodeAt(0);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [prefix]);
    else group.push(prefix);
  }
  return groups;
}

/** Whether one of the beginnings stands at `start`. */
export function startsWithAny(table: Prefixes, text: string, start: number): boolean {
  const group = table.get(text.charCodeAt(start));
  if (group === undefined) return false;
  for (const prefix of group) {
    if (text.startsWith(prefix, start)) return true;
  }
  return false;
}
