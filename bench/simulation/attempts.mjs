/** Attempts to one provider as they come in real life, for alert rules: rates that scatter from hour to hour. */

/** Numbers from 0 to 1 that are always the same. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Yields `{ time, failed }` in the order of time.
 * @param from first hour, in milliseconds
 * @param hours how many
 * @param perHour attempts in the mean; nights have a third of the days
 * @param rate share that fails in the mean; of each hour it is another, with a standard deviation of 1.14 points
 * @param incident share that fails from one hour to another, besides
 */
export function* attempts({ from, hours, perHour, rate, incident, seed }) {
  const next = random(seed);
  // The sum of twelve is almost normal.
  const normal = () => Array.from({ length: 12 }, next).reduce((sum, each) => sum + each, -6);
  for (let hour = 0; hour < hours; hour++) {
    const daily = 1 + 0.5 * Math.sin(((hour % 24) / 24) * 2 * Math.PI);
    const count = Math.max(0, Math.round(perHour * daily + Math.sqrt(perHour) * normal()));
    const isIncident = incident !== undefined && hour >= incident.from && hour < incident.until;
    const share = Math.min(1, Math.max(0, rate + 0.0114 * normal()) + (isIncident ? incident.share : 0));
    for (let n = 0; n < count; n++) {
      yield { time: from + (hour + n / count) * 3_600_000, failed: next() < share };
    }
  }
}
