/** All that is left to chance, from one seed: the same seed gives the same numbers. */

/** @param {number} seed */
export function createChance(seed) {
  let state = (seed * 0x9e3779b9) >>> 0 || 1;
  /** mulberry32: one multiplication-xor round of 32 bits; ample for a mix of mail. */
  function random() {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  }
  const chance = (p) => random() < p;
  const int = (n) => Math.floor(random() * n);
  const between = (low, high) => low + random() * (high - low);
  const pick = (list) => list[int(list.length)];
  /** Exponential with the given mean. */
  const wait = (mean) => -Math.log(1 - random()) * mean;
  /** A picker over `[weight, value]` pairs. */
  function picker(pairs) {
    const live = pairs.filter(([weight]) => weight > 0);
    const total = live.reduce((sum, [weight]) => sum + weight, 0);
    let sum = 0;
    const bounds = live.map(([weight]) => {
      sum += weight / total;
      return sum;
    });
    const values = live.map(([, value]) => value);
    const last = values.length - 1;
    return () => {
      const x = random();
      let i = 0;
      while (i < last && bounds[i] <= x) i++;
      return values[i];
    };
  }
  function token(n, alphabet) {
    let text = '';
    for (let i = 0; i < n; i++) text += alphabet[int(alphabet.length)];
    return text;
  }
  const hex = (n) => token(n, '0123456789abcdef');
  const word = (n) => token(n, '0123456789abcdefghijklmnopqrstuvwxyz');
  /** n digits, the first not 0. */
  const num = (n) => token(1, '123456789') + token(n - 1, '0123456789');
  const octet = () => 1 + int(254);
  const anyIp = () =>
    `${pick([31, 45, 62, 77, 80, 85, 91, 103, 185, 193, 195, 212])}.${octet()}.${octet()}.${octet()}`;

  return { random, chance, int, between, pick, wait, picker, hex, word, num, octet, anyIp };
}
