/** Times are microseconds since the epoch, as plain numbers. */
export const MS = 1e3;
export const SEC = 1e6;
export const MIN = 60 * SEC;
export const HOUR = 3600 * SEC;

export const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
