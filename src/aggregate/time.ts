/** Gives a time as reports tell it: RFC 3339 in UTC, of milliseconds since the epoch. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}
